# Starts flanneld, which gets this node a part of the pods' network and keeps the ways to all other parts.
if systemctl is-active --quiet flanneld; then
    echo "flanneld runs already"
else
    systemd-run --quiet --collect --unit=flanneld \
        flanneld \
        --etcd-endpoints=http://10.10.0.10:2379 \
        --iface="$(hostname --ip-address)" \
        --ip-masq &&
        echo "flanneld starts; its log: journalctl -u flanneld"
fi
