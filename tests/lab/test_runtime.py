"""Which runtime is chosen, and what is said where there is none."""

import pytest

from guide.errors import InputError, LabError, Status
from guide.lab.facts import Versions
from guide.lab.runtime import CONTAINERD, choose

VERSIONS = Versions({"kubernetes": "1.37.2", "cri-dockerd": "0.4.3"}, {}, "", "trixie")


@pytest.fixture
def says(tmp_path):
    def program(words):
        path = tmp_path / "cri-dockerd"
        path.write_text(f"#!/bin/sh\necho '{words}'\n")
        path.chmod(0o755)
        return path

    return program


def test_containerd_needs_nothing():
    assert choose("containerd", None, VERSIONS) is CONTAINERD
    assert CONTAINERD.stand_ins == ()


def test_docker_without_cri_dockerd_is_no_lab_and_says_where_to_get_it():
    with pytest.raises(LabError, match=r"cri-dockerd 0\.4\.3, .* by --cri-dockerd PATH") as caught:
        choose("docker", None, VERSIONS)
    assert caught.value.status is Status.NO_LAB


def test_a_named_cri_dockerd_is_taken_and_said_in_the_evidence(says):
    path = says("cri-dockerd 0.4.3 (HEAD)")
    runtime = choose("docker", path, VERSIONS)
    assert runtime.shim == path
    assert "SHA-256" in runtime.stand_ins[0]


@pytest.mark.parametrize("words", ["cri-dockerd 0.4.2 (x)", "cri-dockerd 0.4.30", "", "dockerd 0.4.3"])
def test_another_program_or_version_is_refused(says, words):
    with pytest.raises(
        InputError, match=rf"should be cri-dockerd 0\.4\.3, and says: {words.replace('(', '.').replace(')', '.')}"
    ):
        choose("docker", says(words), VERSIONS)


def test_what_is_no_program_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be run"):
        choose("docker", tmp_path / "nothing", VERSIONS)
    file = tmp_path / "text"
    file.write_text("text")
    with pytest.raises(InputError, match="cannot be run"):
        choose("docker", file, VERSIONS)


def test_cri_dockerd_beside_containerd_is_a_mistake(tmp_path):
    with pytest.raises(InputError, match="belongs to --runtime docker"):
        choose("containerd", tmp_path, VERSIONS)


def test_a_guide_without_cri_dockerd_does_not_run_on_docker():
    with pytest.raises(InputError, match="does not run on Docker"):
        choose("docker", None, Versions({}, {}, "", "trixie"))
