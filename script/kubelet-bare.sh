# Starts the kubelet on its own: no API server, only the pods in /etc/kubernetes/manifests.
mkdir -p /etc/kubernetes/manifests

if systemctl is-active --quiet kubelet; then
    echo "the kubelet runs already"
else
    systemd-run --quiet --collect --unit=kubelet --property=Delegate=yes --property=KillMode=process \
        kubelet --config=/etc/kubernetes/kubelet-config.yaml &&
        echo "the kubelet starts; its log: journalctl -u kubelet"
fi
