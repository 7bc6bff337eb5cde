# Starts the controller-manager: the loops that make what is there like what was asked for.
if systemctl is-active --quiet kube-controller-manager; then
    echo "the controller-manager runs already"
else
    systemd-run --quiet --collect --unit=kube-controller-manager \
        kube-controller-manager \
        --kubeconfig=/etc/kubernetes/kubeconfig.yaml \
        --leader-elect=false \
        --root-ca-file=/etc/kubernetes/pki/apiserver.crt &&
        echo "the controller-manager starts; its log: journalctl -u kube-controller-manager"
fi
