# Starts Docker Engine, the container runtime, and cri-dockerd, by which the kubelet talks to it.

if systemctl is-active --quiet docker-by-hand; then
    echo "Docker runs already"
else
    systemd-run --quiet --collect --unit=docker-by-hand --property=Delegate=yes --property=KillMode=process \
        --service-type=notify \
        dockerd --exec-opt=native.cgroupdriver=cgroupfs --userland-proxy=false &&
        echo "Docker starts; its log: journalctl -u docker-by-hand"
fi

# Docker connects pods to its own bridge, which no other node knows of, until flannel takes its place in chapter 6.
if systemctl is-active --quiet cri-dockerd; then
    echo "cri-dockerd runs already"
else
    systemd-run --quiet --collect --unit=cri-dockerd --service-type=notify \
        cri-dockerd \
        --container-runtime-endpoint=unix:///run/cri-dockerd.sock \
        --pod-infra-container-image=registry.k8s.io/pause:3.10.1 \
        --network-plugin=no-op &&
        echo "cri-dockerd starts; its log: journalctl -u cri-dockerd"
fi
