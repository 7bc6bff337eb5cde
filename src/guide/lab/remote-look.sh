# Says what a machine is like, and changes nothing. $1: the address that the guide has for it; $2: where we keep our notes there.
# shellcheck source=/dev/null # it is the machine's
. /etc/os-release
echo "system=$ID ${ID_LIKE:-}"
echo "release=$PRETTY_NAME"
echo "machine=$(uname -m)"
echo "user=$(id -u)"
echo "systemd=$([ -d /run/systemd/system ] && echo yes || echo no)"
echo "free=$(df --output=avail --block-size=1 /var/lib | tail --lines=1 | tr -d ' ')"
echo "address=$(ip -oneline address show | grep --quiet --fixed-strings " $1/" && echo yes || echo no)"
echo "ours=$([ -e "$2" ] && echo yes || echo no)"
echo "boot=$(cat /proc/sys/kernel/random/boot_id)"
there=
for path in /vagrant /etc/kubernetes /var/lib/kubelet /var/lib/etcd /usr/local/bin/kubelet; do
    [ ! -e "$path" ] || there="$there $path"
done
echo "there=$there"
echo "busy=$(systemctl is-active --quiet containerd && ctr namespaces list --quiet 2>/dev/null | tr '\n' ' ')$(systemctl is-active --quiet docker && docker ps --quiet 2>/dev/null | tr '\n' ' ')"
