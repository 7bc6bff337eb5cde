# Starts etcd, the cluster's memory.
if systemctl is-active --quiet etcd; then
    echo "etcd runs already"
else
    systemd-run --quiet --collect --unit=etcd \
        etcd \
        --data-dir=/var/lib/etcd \
        --listen-client-urls=http://127.0.0.1:2379,http://10.10.0.10:2379 \
        --advertise-client-urls=http://10.10.0.10:2379 &&
        echo "etcd starts; its log: journalctl -u etcd"
fi
