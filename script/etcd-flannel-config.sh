# Tells flannel, by way of etcd, which network it may divide among the nodes, and how nodes reach each other.
etcdctl put /coreos.com/network/config '{ "Network": "10.2.0.0/16", "Backend": { "Type": "vxlan" } }'
