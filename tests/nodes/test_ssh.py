"""The provider ssh: embedded nodes that are reached purely as machines of somebody else's."""

import json
import os
import shutil
import signal

import pytest

from guide.lab.cache import Cache, cache_root
from guide.lab.embedded import Embedded
from guide.lab.parts import Parts, make_parts
from guide.lab.runtime import CONTAINERD
from guide.mutation.trial import Nobody
from guide.project import open_project
from tests.conftest import Guide, copy_parts
from tests.nodes.conftest import CONTROL_PLANE, Caller

NODES = (CONTROL_PLANE, "kube-node")
ENTRY = "  {name}: {{address: {address}, key: {key}, known_hosts: {known_hosts}, user: {user}, sudo: {sudo}}}\n"


PROVISIONED = "/etc/kubernetes /opt/cni /etc/cni /etc/sysctl.d/kubernetes.conf"
BARE = f"cd /; umount /vagrant /usr/local/bin; rm -r /vagrant {PROVISIONED}"


class Machines:
    """Two bare Debian machines, made by another lab, and a guide that knows them by an inventory alone."""

    def __init__(self, folder, root):
        other = Guide(folder / "other")
        copy_parts(root, other.root)
        project = open_project(other.root)
        self.lab = Embedded(other.root, project.nodes, Cache(cache_root()))
        parts = make_parts(self.lab, project.versions, Nobody())
        resolver = {"coredns": parts.binaries["coredns"]}
        (folder / "empty").mkdir()
        self.lab.up(Parts(resolver, parts.rootfs, CONTAINERD, folder / "empty"), os.getpid())
        # What embedded nodes see of this machine: a machine of somebody else's has none of it.
        for name in NODES:
            self.on(name, BARE)
        guide = Guide(folder / "guide")
        copy_parts(root, guide.root)
        self.call = Caller(guide, root)
        self.call.within = ["nsenter", f"--net={self.lab.namespace.path}"]
        self.inventory()

    def on(self, name, command, seconds=60):
        node = self.lab.node(name)
        try:
            reply = node.run(command, seconds)
        finally:
            node.close()
        assert reply.status == 0, reply.output
        return reply.output

    def state(self):
        """Give what there is on both machines, line by line."""
        return {f"{name}: {line}" for name in NODES for line in self.on(name, SEEN).splitlines()}

    def inventory(self, **changes):
        keys = self.lab.keys
        text = "nodes:\n"
        for name in NODES:
            fields = {
                "address": self.lab.nodes.addresses[name],
                "key": keys.client,
                "known_hosts": keys.known_hosts,
                "user": "root",
                "sudo": "false",
                **changes,
            }
            text += ENTRY.format(name=name, **fields)
        self.call.guide.write("inventory.yaml", text)


@pytest.fixture(scope="module")
def machines(tmp_path_factory, root):
    made = Machines(tmp_path_factory.mktemp("ssh"), root)
    yield made
    made.lab.down()


SEEN = """\
bash -c '
dpkg-query --show | sha256sum
ls -A / /etc /etc/cni/net.d /usr/local/bin /opt /root /root/.ssh /var/lib
sha256sum /etc/hosts /etc/fstab /root/.profile /root/.ssh/authorized_keys /root/.ssh/known_hosts
systemctl is-enabled containerd docker
ip -oneline link | awk "{ print \\$2 }"
iptables-save | grep -c -e KUBE -e FLANNEL -e CNI
ps -e -o comm= | grep -c -e kube -e etcd -e flanneld -e containerd
true
'
"""


def test_the_guide_holds_on_machines_by_ssh_which_are_then_what_they_were(machines):
    before = machines.state()
    refused = machines.call("verify", "--provider", "ssh")
    assert refused.returncode == 3
    assert "makes these machines nodes" in refused.stdout
    assert "Nothing was changed: say yes" in refused.stderr
    assert machines.state() ^ before == set()
    done = machines.call("verify", "--provider", "ssh", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads((machines.call.guide.root / "build/evidence/ssh-containerd-1.37.2.json").read_text())
    assert seen["lane"]["provider"] == "ssh"
    assert {each["status"] for each in seen["steps"]} == {"passed"}
    assert machines.state() ^ before == set()


# As on Ubuntu, where systemd-resolved asks others for the machine.
RESOLVED = """\
mkdir -p /run/systemd/resolve
echo nameserver 10.10.0.1 >/run/systemd/resolve/resolv.conf
echo nameserver 127.0.0.53 >/run/systemd/resolve/stub-resolv.conf
ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
"""


def test_nodes_by_ssh_are_kept_looked_at_gone_on_with_and_undone(machines):
    machines.on(CONTROL_PLANE, RESOLVED)
    before = machines.state()
    by_ssh = ("--provider", "ssh")
    assert machines.call("status", *by_ssh).stdout.startswith("The nodes are not up")
    done = machines.call("goto", "3", *by_ssh, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All of it holds" in machines.call("check", "2", *by_ssh).stdout
    assert machines.on(CONTROL_PLANE, "cat /etc/resolv.conf") == "nameserver 10.10.0.1\n"
    again = machines.call("up", *by_ssh, "--yes")
    assert (again.returncode, "The nodes are up already" in again.stderr) == (3, True)
    done = machines.call("verify", *by_ssh, "--resume", "--to", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kube-node             10.10.0.11      up" in machines.call("status", *by_ssh).stdout
    assert machines.call("down", *by_ssh).returncode == 0
    assert machines.state() ^ before == set()
    assert machines.on(CONTROL_PLANE, "cat /etc/resolv.conf") == "nameserver 127.0.0.53\n"
    assert "nothing to remove" in machines.call("down", *by_ssh).stdout


def test_what_is_wrong_with_a_machine_is_told_before_anything_is_changed(machines, tmp_path):
    def refusal():
        done = machines.call("up", "--provider", "ssh", "--yes")
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    other = machines.lab.keys.host(CONTROL_PLANE)
    machines.inventory(key=other)
    status, said = refusal()
    assert (status, f"it does not accept the key {other} for root" in said) == (3, True)

    stale = tmp_path / "known_hosts"
    mine = (other.with_name(other.name + ".pub")).read_text()
    stale.write_text(
        "".join(
            f"{address} {machines.lab.keys.client.with_suffix('.pub').read_text()}"
            for address in ("10.10.0.10", "10.10.0.11")
        )
    )
    assert mine not in stale.read_text()
    machines.inventory(known_hosts=stale)
    status, said = refusal()
    assert (status, "its host key is not the one in" in said) == (3, True)

    machines.inventory(address="10.10.0.10")
    status, said = refusal()
    assert (status, "are one machine, 10.10.0.10" in said) == (2, True)

    machines.on(
        CONTROL_PLANE, "id guest 2>/dev/null || useradd -m guest; cp -r ~/.ssh ~guest; chown -R guest: ~guest"
    )
    machines.on("kube-node", "id guest 2>/dev/null || useradd -m guest; cp -r ~/.ssh ~guest; chown -R guest: ~guest")
    machines.inventory(user="guest")
    status, said = refusal()
    assert (status, "guest is not root: give user: root, or sudo: true" in said) == (2, True)
    machines.inventory(user="guest", sudo="true")
    status, said = refusal()
    assert status == 3
    assert "sudo" in said

    machines.inventory()
    machines.on(CONTROL_PLANE, "mkdir /etc/kubernetes.own && mv /etc/kubernetes.own /etc/kubernetes")
    status, said = refusal()
    assert (status, "has /etc/kubernetes already: the guide would overwrite it" in said) == (3, True)
    machines.on(CONTROL_PLANE, "rmdir /etc/kubernetes; sed -i.own s/debian/plan9/ /etc/os-release")
    status, said = refusal()
    assert (status, "nodes are Debian or Ubuntu machines" in said) == (3, True)
    machines.on(CONTROL_PLANE, "cat /etc/os-release.own >/etc/os-release; rm /etc/os-release.own")

    machines.on("kube-node", "mount -t tmpfs -o size=64M tmpfs /var/lib")
    status, said = refusal()
    assert (status, "has 0.1 GiB of free disk below /var/lib, and" in said) == (3, True)
    machines.on("kube-node", "umount /var/lib")


def test_a_disk_that_becomes_full_on_the_way_is_told_and_what_was_put_there_is_removed(machines):
    machines.inventory()
    before = machines.state()
    machines.on("kube-node", "mount -t tmpfs -o size=16M tmpfs /usr/local/bin")
    done = machines.call("up", "--provider", "ssh", "--yes")
    machines.on("kube-node", "umount /usr/local/bin")
    assert done.returncode == 3
    assert "kube-node (10.10.0.11) does not take our files: " in done.stderr
    assert "No space left on device" in done.stderr
    assert machines.state() ^ before == set()


def test_a_run_that_is_killed_leaves_machines_that_the_next_one_undoes(machines):
    process = machines.call.start("verify", "--provider", "ssh", "--yes")
    for line in process.stdout:
        if "1.3 " in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = machines.call("down", "--provider", "ssh")
    assert done.returncode == 0, done.stderr
    assert "nothing to remove" not in done.stdout
    shutil.rmtree(machines.call.guide.root / "build", ignore_errors=True)
