# Starts the API server, which everybody else talks to.
if systemctl is-active --quiet kube-apiserver; then
    echo "the API server runs already"
else
    systemd-run --quiet --collect --unit=kube-apiserver --property=TimeoutStopSec=1s \
        kube-apiserver \
        --advertise-address=10.10.0.10 \
        --cert-dir=/etc/kubernetes/pki \
        --etcd-servers=http://127.0.0.1:2379 \
        --service-cluster-ip-range=10.1.0.0/16 \
        --token-auth-file=/etc/kubernetes/token.txt \
        --authorization-mode=RBAC \
        --disable-admission-plugins=ServiceAccount \
        --service-account-issuer=https://kubernetes.default.svc \
        --service-account-key-file=/etc/kubernetes/pki/service-account.pub \
        --service-account-signing-key-file=/etc/kubernetes/pki/service-account.key &&
        echo "the API server starts; its log: journalctl -u kube-apiserver"
fi
