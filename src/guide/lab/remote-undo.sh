# Makes a machine what it was before it became a node of the guide. $1: where notes are kept; the rest are the guide's units.
set -u
notes=$1
shift

# Without this, nothing but our files has come.
if [ -e "$notes/before.tar" ]; then
    for unit; do
        systemctl kill --signal=KILL "$unit" 2>/dev/null
        systemctl stop "$unit" 2>/dev/null
    done
    # Containers whose runtime is gone: every process in a control group of pods.
    find /sys/fs/cgroup -path '*kubepods*' -name cgroup.procs -exec cat {} + 2>/dev/null |
        while read -r process; do
            kill -KILL "$process" 2>/dev/null
        done
    for folder in /var/lib/kubelet /run/containerd /run/docker /var/lib/containerd /var/lib/docker /run/netns; do
        awk -v folder="$folder/" 'index($2, folder) == 1 { print $2 }' /proc/self/mounts | sort --reverse |
            xargs --no-run-if-empty umount --lazy
    done
    for link in pods0 cni0 docker0 flannel.1; do
        ip link delete "$link" 2>/dev/null
    done
    for table in nat filter mangle; do
        iptables-save --table "$table" 2>/dev/null | grep --invert-match --extended-regexp 'KUBE-|FLANNEL|CNI-|DOCKER|flanneld|docker0' |
            iptables-restore --table "$table" 2>/dev/null
    done

    xargs --no-run-if-empty systemctl enable --quiet <"$notes/enabled" 2>/dev/null
    rm -rf /etc/kubernetes /var/lib/kubelet /var/lib/etcd /var/lib/cni /var/lib/cri-dockerd /run/flannel /run/netns/cni-* \
        /etc/cni/net.d/10-bridge.conflist /etc/cni/net.d/10-flannel.conflist /var/lib/containerd /var/lib/docker \
        /etc/modules-load.d/kubernetes.conf /etc/sysctl.d/kubernetes.conf /archives /run/guide-shell
    find /opt/cni/bin -lname '/usr/lib/cni/*' -delete 2>/dev/null
    rm -f /opt/cni/bin/flannel /root/.ssh/id_ed25519
    rmdir --parents --ignore-fail-on-non-empty /opt/cni/bin /etc/cni/net.d 2>/dev/null
    tar --extract --file="$notes/before.tar" --absolute-names
    [ ! -e "$notes/resolver" ] || ln --symbolic --force "$(cat "$notes/resolver")" /etc/resolv.conf
    dpkg-query --show --showformat='${Package}\n' | sort | comm -13 "$notes/packages" - |
        DEBIAN_FRONTEND=noninteractive xargs --no-run-if-empty apt-get purge --yes --quiet
    [ ! -e "$notes/without-kube" ] || rm -rf /root/.kube
fi
while read -r binary; do
    rm -f "/usr/local/bin/$binary"
done <"$notes/binaries"
rm -rf /vagrant "$notes"
