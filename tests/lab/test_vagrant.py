"""What Vagrant says of its machines, and what is said where it is missing or broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from guide.errors import LabError
from guide.lab.cache import Cache
from guide.lab.facts import read_nodes
from guide.lab.parts import Parts
from guide.lab.runtime import CONTAINERD
from guide.lab.vagrant import Vagrant, read_ssh_config, read_states

CONFIG = """\
Host kube-control-plane
  HostName 192.168.121.193
  User vagrant
  Port 2222
  UserKnownHostsFile /dev/null
  IdentityFile "/some where/private_key"
  IdentityFile /another

Host kube-node
  HostName 127.0.0.1
  User vagrant
  IdentityFile /key

"""


def test_ssh_config_names_all_machines():
    found = read_ssh_config(CONFIG, ("kube-control-plane", "kube-node"), Path("/known"))
    first = found["kube-control-plane"]
    assert (first.address, first.port, first.user, first.sudo) == ("192.168.121.193", 2222, "vagrant", True)
    assert (first.key, first.known_hosts) == (Path("/some where/private_key"), Path("/known"))
    assert found["kube-node"].port == 22


def test_a_machine_that_vagrant_does_not_know_is_named():
    with pytest.raises(LabError, match="does not know the machine third"):
        read_ssh_config(CONFIG, ("third",), Path("/known"))
    with pytest.raises(LabError, match="nothing that can be used of kube-node"):
        read_ssh_config("Host kube-node\n  Port x\n", ("kube-node",), Path("/known"))


def test_states_are_read_by_machine():
    text = "1,,ui,info,Now\n1,kube-node,metadata,provider,x\n1,kube-node,state,running\n1,other,state,not_created\n"
    assert read_states(text) == {"kube-node": "running", "other": "not_created"}


@pytest.fixture
def lab(root, tmp_path):
    return Vagrant(root, read_nodes(root / "config"), Cache(tmp_path))


def test_without_vagrant_it_says_what_to_do(lab, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LabError, match="Vagrant is not installed: get it"):
        lab.down()


def test_what_vagrant_says_when_it_fails_is_shown(lab, monkeypatch, tmp_path):
    program = tmp_path / "vagrant"
    program.write_text("#!/bin/sh\necho The provider could not be found >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(LabError, match=r"(?s)vagrant status ended with status 1:.*provider could not be found"):
        lab.down()


def test_nodes_that_are_not_up_are_not_looked_for(lab):
    assert lab.record() is None
    with pytest.raises(LabError, match="The nodes are not up"):
        lab.node("kube-node")


class Program:
    """A program on PATH in the place of Vagrant, and the front door's package beside it."""

    def __init__(self, folder, root, lab):
        self._folder = folder
        shutil.copy(Path(__file__).with_name("vagrant.sh"), folder / "vagrant")
        self._env = {**os.environ, "PYTHONPATH": str(root / "src"), "GUIDE_ROOT": str(root)}
        self._env["XDG_CACHE_HOME"] = str(lab.cache.root.parent)

    def has(self, **states):
        for machine, state in states.items():
            (self._folder / machine.replace("_", "-")).write_text(state)

    @property
    def calls(self):
        lines = (self._folder / "calls").read_text().splitlines()
        return [line for line in lines if not line.startswith("status")]

    @property
    def made(self):
        return {path.name for path in self._folder.glob("kube-*")}

    def guide(self, *arguments):
        command = [sys.executable, "-m", "guide", *arguments, "--provider", "vagrant"]
        return subprocess.run(command, env=self._env, capture_output=True, text=True, check=False)


@pytest.fixture
def program(root, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "makes").write_text("kube-control-plane\n")
    kept = Vagrant(root, read_nodes(root / "config"), Cache(tmp_path / "kubernetes-from-scratch"))
    return Program(tmp_path, root, kept), kept


NOTHING = Parts({}, Path("/nowhere"), CONTAINERD, None)


def test_machines_of_which_only_one_came_up_are_removed_with_what_vagrant_said(program):
    vagrant, lab = program
    with pytest.raises(LabError, match=r"(?s)vagrant up ended with status 1:.*The second machine has no room"):
        lab.up(NOTHING, None)
    assert vagrant.calls == ["up", "destroy --force"]
    assert (vagrant.made, lab.record()) == (set(), None)


def test_half_of_what_was_wanted_is_told_and_removed(program):
    vagrant, lab = program
    lab.folder.mkdir(parents=True)
    lab.register.write(None, {name: str(address) for name, address in lab.nodes.addresses.items()}, NOTHING)
    vagrant.has(kube_control_plane="running")
    said = vagrant.guide("status").stdout
    assert "kube-control-plane    10.10.0.10      up\n" in said
    assert "kube-node             10.10.0.11      does not run\n" in said
    said = vagrant.guide("doctor").stdout
    assert "✗ kube-node runs" in said
    assert "by ./guide down --provider vagrant, then ./guide up --provider vagrant." in said
    assert "The machines were not made to their end" in said
    said = vagrant.guide("shell", "kube-node")
    assert (said.returncode, said.stderr) == (
        3,
        "The nodes are not up: bring them up by ./guide up --provider vagrant.\n",
    )
    assert vagrant.guide("down").stdout.startswith("Down in ")
    assert vagrant.made == set()
    assert vagrant.guide("down").stdout == "There was nothing to remove.\n"
    assert vagrant.guide("status").stdout == "The nodes are not up. Bring them up by ./guide up --provider vagrant.\n"


def test_the_next_up_begins_by_removing_half_of_what_was_wanted(program):
    vagrant, lab = program
    lab.folder.mkdir(parents=True)
    lab.register.write(None, {}, NOTHING)
    vagrant.has(kube_control_plane="running", kube_node="poweroff")
    with pytest.raises(LabError, match="The second machine has no room"):
        lab.up(NOTHING, None)
    assert vagrant.calls == ["destroy --force", "up", "destroy --force"]


def test_machines_that_are_up_are_not_made_again(program):
    vagrant, lab = program
    lab.folder.mkdir(parents=True)
    lab.register.write(None, {}, NOTHING)
    vagrant.has(kube_control_plane="running", kube_node="running")
    with pytest.raises(LabError, match="The nodes are up already"):
        lab.up(NOTHING, None)
    assert vagrant.made == {"kube-control-plane", "kube-node"}


def test_machines_that_somebody_made_by_vagrant_alone_are_left_to_them(program):
    vagrant, lab = program
    vagrant.has(kube_control_plane="running", kube_node="running")
    with pytest.raises(LabError, match=r"made by Vagrant, but not by \./guide up"):
        lab.up(NOTHING, None)
    assert vagrant.made == {"kube-control-plane", "kube-node"}
