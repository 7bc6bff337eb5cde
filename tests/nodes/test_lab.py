"""The embedded lab: what it is, and that nothing of it stays."""

import signal
import time
from pathlib import Path

import pytest

from tests.nodes.conftest import CONTROL_PLANE


@pytest.fixture
def up(call, guide):
    """Nodes that are up."""
    guide.page("No steps.\n")
    done = call("up")
    assert done.returncode == 0, done.stderr
    return call


def on(up, name, command):
    node = up.lab.node(name)
    try:
        return node.run(command, 20)
    finally:
        node.close()


def test_both_nodes_are_whole_machines(up):
    for name, address in up.lab.nodes.addresses.items():
        reply = on(up, name, "systemctl is-system-running --wait; hostname; hostname --ip-address; pwd; id --user")
        assert reply.output.split() == ["running", name, str(address), "/vagrant", "0"]


def test_nodes_and_host_reach_each_other_and_nothing_else(up):
    assert on(up, CONTROL_PLANE, "ping -c 1 kube-node && ping -c 1 10.10.0.1").status == 0
    routes = on(up, "host", "ip route")
    assert routes.output == "10.10.0.0/24 dev lab0 proto kernel scope link src 10.10.0.1 \n"
    assert on(up, "host", "ip -brief link | cut -d' ' -f1 | cut -d@ -f1 | grep -vE '^(vb-|lab0|lo)'").output == ""
    assert on(up, CONTROL_PLANE, "ping -c 1 -W 1 192.0.2.1").status == 1


def test_the_project_is_there_and_cannot_be_written(up, guide):
    assert on(up, CONTROL_PLANE, "cat /vagrant/mkdocs.yml").output == (guide.root / "mkdocs.yml").read_text()
    assert "Read-only file system" in on(up, CONTROL_PLANE, "touch /vagrant/x").output


def test_components_say_their_versions(up):
    said = on(up, CONTROL_PLANE, "kubelet --version; kube-apiserver --version; etcd --version; flanneld --version")
    for words in ("Kubernetes v1.37.2\nKubernetes v1.37.2\n", "etcd Version: 3.7.3", "v0.28.10"):
        assert words in said.output


def test_each_node_has_control_groups_of_its_own(up):
    on(up, CONTROL_PLANE, "mkdir /sys/fs/cgroup/pids/mark 2>/dev/null || mkdir /sys/fs/cgroup/mark")
    assert on(up, CONTROL_PLANE, "ls -d /sys/fs/cgroup/pids/mark /sys/fs/cgroup/mark").output.count("cannot") == 1
    assert on(up, "kube-node", "ls -d /sys/fs/cgroup/pids/mark /sys/fs/cgroup/mark").output.count("cannot") == 2


def test_the_kubelets_settings_are_the_nodes_own(up):
    setting = Path("/proc/sys/vm/overcommit_memory").read_text

    before = setting()
    other = "1" if before.strip() != "1" else "0"
    assert on(up, CONTROL_PLANE, f"echo {other} >/proc/sys/vm/overcommit_memory").status == 0
    assert on(up, CONTROL_PLANE, "cat /proc/sys/vm/overcommit_memory").output.strip() == other
    assert on(up, "kube-node", "cat /proc/sys/vm/overcommit_memory").output == before
    assert setting() == before


def test_every_lab_starts_clean_and_has_keys_of_its_own(up):
    on(up, CONTROL_PLANE, "touch /root/mark")
    key = up.lab.keys.client.read_text()
    assert up("down").returncode == 0
    assert up("up").returncode == 0
    assert on(up, CONTROL_PLANE, "ls /root/mark").status == 2
    assert up.lab.keys.client.read_text() != key


def test_another_host_key_is_refused(up):
    from guide.errors import LabError

    hosts = up.lab.keys.known_hosts
    hosts.write_text(
        hosts.read_text().replace("kube-control-plane,10.10.0.10", "x").replace("kube-node", CONTROL_PLANE)
    )
    with pytest.raises(LabError, match="does not let us in by SSH"):
        on(up, CONTROL_PLANE, "true")


def test_up_twice_says_that_nodes_are_there(up):
    again = up("up")
    assert (again.returncode, "up already" in again.stderr, "Traceback" in again.stderr) == (3, True, False)


def test_status_tells_which_node_does_not_run_and_down_removes_what_is_left(up):
    assert up("status").stdout.count(" up\n") == 2
    on(up, "kube-node", "systemctl --force --force poweroff; sleep 10")  # the machine is pulled from under its lab
    end = time.monotonic() + 20
    while "does not run" not in (said := up("status").stdout) and time.monotonic() < end:
        pass
    assert [line.split(maxsplit=2)[-1] for line in said.splitlines()[1:]] == ["up", "does not run"]
    shell = up("shell", CONTROL_PLANE)
    assert (shell.returncode, "not up" in shell.stderr) == (3, True)


@pytest.mark.parametrize("text", ["", "{", '{"name": 1}'])
def test_down_works_with_a_damaged_record(up, text):
    (up.lab.folder / "lab.json").write_text(text)
    done = up("down")
    assert (done.returncode, done.stdout[:4]) == (0, "Down")


def test_down_removes_nodes_whose_record_is_gone(up):
    (up.lab.folder / "lab.json").unlink()
    done = up("down")
    assert (done.returncode, done.stdout[:4]) == (0, "Down")


def test_down_while_nodes_still_boot(call, guide):
    guide.page("x")
    process = call.start("up")
    call.wait_for(call.lab.folder / "lab.json")
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = call("down")
    assert (done.returncode, done.stdout[:4]) == (0, "Down")


@pytest.mark.parametrize("seen", [".", "lab.json", "resolver.log", "kube-node/root", "kube-node/console"])
def test_up_that_is_interrupted_leaves_nothing(call, guide, interrupt, seen):
    guide.page("x")
    process = call.start("up")
    call.wait_for(call.lab.folder / seen)
    interrupt(process)
    assert process.wait(30) == 130, process.stderr.read()
    assert not call.lab.folder.exists()


def test_two_labs_stand_side_by_side_with_the_same_addresses(up, tmp_path_factory, root):
    from tests.conftest import Guide, copy_parts
    from tests.nodes.conftest import Caller

    other = Caller(Guide(tmp_path_factory.mktemp("other")), root)
    other.guide.page("x")
    copy_parts(root, other.guide.root, ("config", "script"))
    try:
        assert other("up").returncode == 0
        on(up, CONTROL_PLANE, "touch /root/first")
        assert on(other, CONTROL_PLANE, "ls /root/first").status == 2
        assert on(other, CONTROL_PLANE, "ping -c 1 kube-node").status == 0
    finally:
        other.lab.down()
    assert on(up, CONTROL_PLANE, "ls /root/first").status == 0


def test_up_and_down_are_told_with_the_time_they_took(call, guide):
    guide.page("x")
    start = time.monotonic()
    said = call("up").stdout
    assert said.startswith("Up in ")
    assert "kube-control-plane (10.10.0.10), kube-node (10.10.0.11)" in said
    assert float(said.split()[2]) < time.monotonic() - start
    assert call("down").stdout.startswith("Down in ")
    assert not call.lab.folder.exists()
