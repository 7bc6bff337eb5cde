# Makes a machine a node of the guide, after our files have come, and notes what it was like before. $1: where notes are kept;
# $2: the commands that load images into the runtime's store; $3: images that it pulls.
set -eu
notes=$1 loader=$2
export PULLS=$3

mkdir -p "$notes"
dpkg-query --show --showformat='${Package}\n' | sort >"$notes/packages"
systemctl list-unit-files --state=enabled --plain --no-legend containerd.service docker.service docker.socket |
    awk '{ print $1 }' >"$notes/enabled"
[ -e /root/.kube ] || touch "$notes/without-kube"
mkdir -p /root/.ssh
# shellcheck disable=SC2046 # these names have no spaces
tar --create --file="$notes/before.new" --ignore-failed-read --absolute-names \
    $(for file in /etc/fstab /etc/hosts /root/.profile /root/.ssh/authorized_keys /root/.ssh/known_hosts /root/.ssh/id_ed25519; do
        [ ! -e "$file" ] || echo "$file"
    done)
mv "$notes/before.new" "$notes/before.tar" # from here on there is something to undo

bash /vagrant/script/provision.sh
# What answers at 127.0.0.53 where systemd-resolved runs, as on Ubuntu, pods cannot reach: name the resolvers behind it.
if [ "$(readlink --canonicalize /etc/resolv.conf)" = /run/systemd/resolve/stub-resolv.conf ]; then
    readlink /etc/resolv.conf >"$notes/resolver"
    ln --symbolic --force /run/systemd/resolve/resolv.conf /etc/resolv.conf
fi

# Nodes reach each other as root, as chapter 5 does.
cat "$notes/id.pub" >>/root/.ssh/authorized_keys
cat "$notes/known_hosts" >>/root/.ssh/known_hosts
install --mode=600 "$notes/id" /root/.ssh/id_ed25519
chmod 700 /root/.ssh

# The loader starts the runtime for as long as it takes, in namespaces that end it.
mkdir -p "$notes/archives"
ln -s "$notes/archives" /archives
resolver=$(readlink --canonicalize /etc/resolv.conf) # in /run, if systemd-resolved writes it
[ -z "$PULLS" ] || install --mode=644 "$resolver" "$notes/resolv.conf"
unshare --mount --pid --fork --kill-child --propagation private sh -c "
    mount -t proc proc /proc
    mount -t tmpfs tmpfs /run
    set -eu
    [ -z '$PULLS' ] || [ -e $resolver ] || install -D --mode=644 $notes/resolv.conf $resolver
    $loader"
rm -r /archives "$notes/archives"
