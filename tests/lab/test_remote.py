"""Which machines are refused before anything on them is changed, and what is said."""

import platform
from dataclasses import replace
from pathlib import Path

import pytest

from guide.errors import GuideError, InputError, LabError
from guide.lab.cache import Cache
from guide.lab.facts import read_nodes
from guide.lab.parts import Parts
from guide.lab.remote import Look, Remote, refuse_mixture
from guide.target import Target

NAME = "kube-control-plane"
GOOD = Look(
    system=("debian",),
    release="Debian 13",
    machine=platform.machine(),
    user=0,
    systemd=True,
    free=2**40,
    address=True,
    ours=False,
    boot="a",
    there=(),
    busy=(),
)


@pytest.fixture
def lab(root, tmp_path):
    target = Target(NAME, "pi.example", "admin", tmp_path / "key", tmp_path / "known")
    return Remote(root, read_nodes(root / "config"), Cache(tmp_path), "ssh", {NAME: target}, lambda _: False)


@pytest.fixture
def parts(tmp_path):
    binary = tmp_path / "kubelet"
    binary.write_bytes(b"0" * 2**20)
    return Parts({"kubelet": binary}, Path("/nowhere"))


def test_a_good_machine_is_taken(lab, parts):
    lab.refuse(NAME, GOOD, parts)


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"system": ("arch",), "release": "Arch"}, LabError, "is Arch: nodes are Debian or Ubuntu"),
        ({"user": 1000}, InputError, "admin is not root: give user: root, or sudo: true"),
        ({"systemd": False}, LabError, "not managed by systemd"),
        ({"machine": "riscv64"}, LabError, "is riscv64, and the programs that it would get are for"),
        ({"address": False}, LabError, "has no address 10.10.0.10, .* ip address add 10.10.0.10/24 dev CARD"),
        ({"there": ("/etc/kubernetes",)}, LabError, "has /etc/kubernetes already"),
        ({"busy": ("moby",)}, LabError, "runs containers, which the guide would stop"),
        ({"free": 2**30}, LabError, "has 1.0 GiB of free disk below /var/lib, and 3.0 GiB are needed"),
    ],
)
def test_another_is_refused_with_what_to_do(lab, parts, changes, kind, words):
    with pytest.raises(kind, match=words):
        lab.refuse(NAME, replace(GOOD, **changes), parts)


def test_a_derivative_of_ubuntu_is_taken(lab, parts):
    lab.refuse(NAME, replace(GOOD, system=("mint", "ubuntu", "debian")), parts)


def test_what_is_ours_already_may_have_our_files(lab, parts):
    lab.refuse(NAME, replace(GOOD, ours=True, there=("/vagrant",), busy=("k8s.io",)), parts)


def test_nodes_of_two_kinds_or_that_are_one_machine_are_refused():
    refuse_mixture({"a": GOOD, "b": replace(GOOD, boot="b")})
    with pytest.raises(GuideError, match=r"one kind of processor: a is .*, b is other"):
        refuse_mixture({"a": GOOD, "b": replace(GOOD, machine="other")})
    with pytest.raises(GuideError, match="are one machine, by two addresses"):
        refuse_mixture({"a": GOOD, "b": GOOD})


def test_units_are_those_that_the_scripts_start(lab):
    assert {"etcd", "kubelet", "kube-proxy", "flanneld", "containerd-by-hand", "cri-dockerd"} <= set(lab.units())


def test_the_nodes_architecture_is_what_the_first_of_them_says(lab, monkeypatch):
    looks = iter([replace(GOOD, machine="aarch64"), replace(GOOD, machine="riscv64")])
    monkeypatch.setattr(Remote, "look", lambda _lab, _name: next(looks))
    assert lab.architecture() == "arm64"
    with pytest.raises(LabError, match=r"kube-control-plane \(pi\.example\) is riscv64, and nodes are"):
        lab.architecture()


def test_a_node_of_another_kind_than_the_parts_is_refused(lab, parts):
    lab.refuse(NAME, replace(GOOD, machine="aarch64"), replace(parts, arch="arm64"))
    with pytest.raises(LabError, match="is x86_64, and the programs that it would get are for arm64"):
        lab.refuse(NAME, replace(GOOD, machine="x86_64"), replace(parts, arch="arm64"))
