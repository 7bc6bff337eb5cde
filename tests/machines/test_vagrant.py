"""The provider vagrant on real machines: the whole guide, going back to a kept start, and nothing left behind."""

import json
import os
import signal
import sys
import time

import pytest

from guide.plan import Lane
from guide.project import open_project
from tests.nodes.machine import lab_processes, state


@pytest.fixture(autouse=True)
def nothing_left(world):
    before = state(world.labs.parent)
    yield
    assert state(world.labs.parent).left_over(before, "kfs-vagrant") == set()


def test_every_step_of_the_guide_holds_on_machines_of_vagrants(world, root):
    done = world.run("guide verify")
    assert done.returncode == 0, done.stdout
    seen = json.loads((root / "build/evidence/vagrant-containerd-1.37.2.json").read_text())
    planned = open_project(root).plan(Lane("vagrant", "containerd", "1.37.2"))
    assert [each["command"] for each in seen["steps"]] == [each.step.command for each in planned]
    assert {each["status"] for each in seen["steps"]} == {"passed"}
    assert any("emulated by qemu" in each for each in seen["stand_ins"])


GOING_BACK = """
set -e
guide goto 3
echo "systemctl stop etcd; rm -r /var/lib/etcd; touch /root/mine" | guide shell kube-control-plane
guide goto 3
echo 'ls /root; echo "it is in $PWD"' | guide shell kube-control-plane
guide check 2
guide goto 4
guide check 3
on() { VAGRANT_CWD=$GUIDE_ROOT vagrant ssh kube-control-plane --command "$1" 2>/dev/null; }
boot=$(on "cat /proc/sys/kernel/random/boot_id")
on "sudo systemctl --force reboot" || echo "it reboots"
until now=$(on "cat /proc/sys/kernel/random/boot_id") && [ "$now" != "$boot" ]; do sleep 1; done
guide doctor || echo "doctor: $?"
guide check 3 || echo "check: $?"
guide verify --resume || echo "resume: $?"
guide goto 4
guide check 3
guide down
"""
GONE = (
    "kube-control-plane has rebooted since, and what was started on it is gone (containerd-by-hand, kubelet, etcd, "
)


def test_a_start_that_was_kept_comes_back_with_all_that_ran_there(world):
    done = world.run(GOING_BACK)
    assert done.returncode == 0, done.stdout
    went_back = [line for line in done.stdout.splitlines() if line.startswith("Going back")]
    assert went_back == [f"Going back to the start of chapter {each}, which was kept." for each in (3, 3, 4)]
    assert done.stdout.count("All of it holds") == 3
    assert "it is in /vagrant" in done.stdout
    assert "mine" not in done.stdout.replace("touch /root/mine", "")
    assert done.stdout.count(GONE) == 3
    statuses = {"doctor": 3, "check": 1, "resume": 3}
    assert all(f"{word}: {status}\n" in done.stdout for word, status in statuses.items()), done.stdout


def begun(world):
    """Bring machines up, and give that when one of them runs."""
    process = world.start(sys.executable, "-m", "guide", "up", "--provider", "vagrant")
    while not any("qemu-system" in each for each in lab_processes()):
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.2)
    return process


def test_an_interrupt_leaves_no_machine(world):
    process = begun(world)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate()
    assert process.returncode == 130, said


def test_a_kill_leaves_nothing(world):
    process = begun(world)
    process.kill()
    process.communicate()
