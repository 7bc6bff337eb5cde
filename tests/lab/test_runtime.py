"""Which runtime is chosen, and what is said where there is none."""

import pytest

from guide.errors import InputError, LabError, Status
from guide.lab import runtime
from guide.lab.cache import Cache
from guide.lab.facts import Versions
from guide.lab.runtime import CONTAINERD

VERSIONS = Versions({"kubernetes": "1.37.2", "cri-dockerd": "0.4.3"}, {}, "", "trixie")


@pytest.fixture
def choose(tmp_path):
    """Choose on a machine that reaches nobody."""
    address = "http://127.0.0.1:9/cri-dockerd-{version}.{arch}.tgz"
    (tmp_path / "releases.yaml").write_text(f"cri-dockerd: {{address: '{address}', member: cri-dockerd}}\n")
    return lambda name, shim, versions: runtime.choose(name, shim, versions, Cache(tmp_path), tmp_path)


@pytest.fixture
def says(tmp_path):
    def program(words):
        path = tmp_path / "cri-dockerd"
        path.write_text(f"#!/bin/sh\necho '{words}'\n")
        path.chmod(0o755)
        return path

    return program


def test_containerd_needs_nothing(choose):
    assert choose("containerd", None, VERSIONS) is CONTAINERD
    assert CONTAINERD.stand_ins == ()


def test_docker_without_cri_dockerd_is_no_lab_and_says_what_to_do(choose):
    with pytest.raises(
        LabError, match=r"(?s)cri-dockerd 0\.4\.3, .*cannot be downloaded: .* by --cri-dockerd PATH"
    ) as caught:
        choose("docker", None, VERSIONS)
    assert caught.value.status is Status.NO_LAB


def test_a_named_cri_dockerd_is_taken_and_said_in_the_evidence(choose, says):
    path = says("cri-dockerd 0.4.3 (HEAD)")
    chosen = choose("docker", path, VERSIONS)
    assert chosen.shim == path
    assert "SHA-256" in chosen.stand_ins[0]


@pytest.mark.parametrize("words", ["cri-dockerd 0.4.2 (x)", "cri-dockerd 0.4.30", "", "dockerd 0.4.3"])
def test_another_program_or_version_is_refused(choose, says, words):
    with pytest.raises(
        InputError, match=rf"should be cri-dockerd 0\.4\.3, and says: {words.replace('(', '.').replace(')', '.')}"
    ):
        choose("docker", says(words), VERSIONS)


def test_what_is_no_program_is_refused(choose, tmp_path):
    with pytest.raises(InputError, match="cannot be run"):
        choose("docker", tmp_path / "nothing", VERSIONS)
    file = tmp_path / "text"
    file.write_text("text")
    with pytest.raises(InputError, match="cannot be run"):
        choose("docker", file, VERSIONS)


def test_cri_dockerd_beside_containerd_is_a_mistake(choose, tmp_path):
    with pytest.raises(InputError, match="belongs to --runtime docker"):
        choose("containerd", tmp_path, VERSIONS)


def test_a_guide_without_cri_dockerd_does_not_run_on_docker(choose):
    with pytest.raises(InputError, match="does not run on Docker"):
        choose("docker", None, Versions({}, {}, "", "trixie"))
