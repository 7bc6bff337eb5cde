#!/usr/bin/env bash
# Makes a Debian or Ubuntu machine a node of the guide: packages, kernel settings, names. It starts nothing
# of Kubernetes, and may be run again at any time. It also runs where no systemd does, in the root file
# system that embedded nodes start from.
set -euo pipefail
tree=/vagrant

# 1. Packages: a runtime, what it calls, and tools to look with.
mapfile -t packages < <(sed 's/#.*//' "$tree/config/packages.txt" | awk 'NF { print $1 }')
if ! dpkg-query --show --showformat='${db:Status-Status}\n' "${packages[@]}" 2>/dev/null |
    awk '$1 != "installed" { bad = 1 } END { exit bad || NR < '"${#packages[@]}"' }'; then
    apt-get update
    if ! apt-cache show docker-cli >/dev/null 2>&1; then # Docker's client is in docker.io before Debian 13
        mapfile -t packages < <(printf '%s\n' "${packages[@]}" | grep --invert-match --line-regexp docker-cli)
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${packages[@]}"
fi

# 2. Nothing runs before the reader starts it.
runtimes=(containerd.service docker.service docker.socket)
systemctl disable --quiet "${runtimes[@]}"

# 3. Pods' packets pass through this machine, and through its firewall rules while they cross a bridge.
printf '%s\n' overlay br_netfilter >/etc/modules-load.d/kubernetes.conf
printf '%s\n' 'net.ipv4.ip_forward = 1' 'net.bridge.bridge-nf-call-iptables = 1' >/etc/sysctl.d/kubernetes.conf

# 4. The kubelet does not start beside swap.
sed -i '/\sswap\s/s/^[^#]/# &/' /etc/fstab

# 5. Nodes know each other, and themselves, by the names and addresses of config/nodes.yaml.
sed -i '/^127\.0\.[12]\.1\s/d; /# kubernetes from scratch$/d' /etc/hosts
awk '/^nodes:/ { inside = 1; next } /^[^ ]/ { inside = 0 }
    inside { sub(":", "", $1); print $2 "\t" $1 "\t# kubernetes from scratch" }' "$tree/config/nodes.yaml" >>/etc/hosts

# 6. One folder for all CNI plugins: Debian's, and flannel's.
mkdir -p /opt/cni/bin /etc/kubernetes /etc/cni/net.d
ln -sf /usr/lib/cni/* /opt/cni/bin
ln -sf /usr/local/bin/cni-flannel /opt/cni/bin/flannel

# 7. A root shell starts where the guide's commands expect to be.
grep -q "cd $tree" /root/.profile || echo "cd $tree" >>/root/.profile

# 8. On a machine that runs already, what counts from the next boot counts now.
if [ -d /run/systemd/system ]; then
    if systemctl is-active --quiet docker.service; then # its package has started it: take away what it leaves behind
        systemctl stop "${runtimes[@]}"
        [ ! -e /sys/class/net/docker0 ] || ip link delete docker0
        iptables-save | sed '/docker/Id; s/^:FORWARD DROP/:FORWARD ACCEPT/' | iptables-restore
    fi
    systemctl stop "${runtimes[@]}"
    swapoff --all
    grep --quiet --word-regexp overlay /proc/filesystems || modprobe overlay
    [ -e /proc/sys/net/bridge ] || modprobe br_netfilter
    sysctl --quiet --load=/etc/sysctl.d/kubernetes.conf
fi
