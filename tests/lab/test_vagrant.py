"""What Vagrant says of its machines, and what is said where it is missing or broken."""

import os
from pathlib import Path

import pytest

from guide.errors import LabError
from guide.lab.cache import Cache
from guide.lab.facts import read_nodes
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
