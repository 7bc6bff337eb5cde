# Starts the kubelet as a part of the cluster: it registers its node and asks the API server for pods.

if systemctl is-active --quiet kubelet; then
    echo "the kubelet runs already"
else
    systemd-run --quiet --collect --unit=kubelet --property=Delegate=yes --property=KillMode=process \
        kubelet \
        --config=/etc/kubernetes/kubelet-config.yaml \
        --kubeconfig=/etc/kubernetes/kubeconfig.yaml \
        --node-ip="$(hostname --ip-address)" &&
        echo "the kubelet starts; its log: journalctl -u kubelet"
fi
