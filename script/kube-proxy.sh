# Starts kube-proxy, which turns services into rules of this node's firewall.
if systemctl is-active --quiet kube-proxy; then
    echo "kube-proxy runs already"
else
    systemd-run --quiet --collect --unit=kube-proxy \
        kube-proxy --config=/vagrant/config/kube-proxy.yaml &&
        echo "kube-proxy starts; its log: journalctl -u kube-proxy"
fi
