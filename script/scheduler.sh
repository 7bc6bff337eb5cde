# Starts the scheduler, which chooses a node for every pod that has none.
if systemctl is-active --quiet kube-scheduler; then
    echo "the scheduler runs already"
else
    systemd-run --quiet --collect --unit=kube-scheduler \
        kube-scheduler \
        --kubeconfig=/etc/kubernetes/kubeconfig.yaml \
        --leader-elect=false &&
        echo "the scheduler starts; its log: journalctl -u kube-scheduler"
fi
