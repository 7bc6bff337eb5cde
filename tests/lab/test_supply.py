"""What is taken from where: releases as they are asked for, and what is said where they cannot be had."""

import os
import platform
import sys
from dataclasses import replace

import pytest

from guide.errors import InputError, LabError, Status
from guide.lab import images
from guide.lab.cache import Cache
from guide.lab.facts import SOURCE, Source, Versions, read_versions
from guide.lab.machine import REACH_NEEDS, architecture, lab_needs, require_lab
from guide.lab.supply import RELEASED, Supply
from tests.server import serving

PROGRAM = b"#!/bin/sh\necho CNI flannel plugin v0.9.1\n"
OTHER = {"amd64": "arm64", "arm64": "amd64"}
VERSIONS = Versions({"cni-flannel": "0.9.1"}, {}, "1.26.6", "trixie", Source.RELEASES)


class Told:
    """Keeps what a lab tells."""

    def __init__(self):
        self.words: list[str] = []

    def started(self, name):
        self.words.append(f"started {name}")

    def reached(self, name, size):
        self.words.append(f"{name}: {size}")

    def finished(self, name, seconds):
        assert seconds >= 0
        self.words.append(f"finished {name}")

    def noted(self, words):
        self.words.append(words)


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.fixture
def supply(server, tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    (config / "releases.yaml").write_text(f"cni-flannel: {{address: 'http://{server.place}/{{arch}}-{{version}}'}}\n")
    return Supply(Cache(tmp_path / "cache"), config, VERSIONS, architecture(), Told())


def test_a_release_is_asked_for_its_version_and_told_of(server, supply):
    server.files[f"/{architecture()}-0.9.1"] = PROGRAM
    found, sources = supply.components()
    assert found["cni-flannel"].read_bytes() == PROGRAM
    assert sources == {"cni-flannel": RELEASED}
    assert supply.progress.words == ["started cni-flannel 0.9.1", "finished cni-flannel 0.9.1"]
    assert len(supply.lock.known()) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"#!/bin/sh\necho v0.9.0\n", r"cni-flannel should be 0\.9\.1, and says: v0\.9\.0"),
        (b"<html>Not here</html>", r"cni-flannel 0\.9\.1 cannot be run: "),
    ],
)
def test_another_program_than_the_wanted_one_is_no_lab(server, supply, content, words):
    server.files[f"/{architecture()}-0.9.1"] = content
    with pytest.raises(LabError, match=words):
        supply.components()
    assert supply.lock.known() == {}


def test_what_cannot_be_had_is_no_lab_and_says_what_else_there_is(supply):
    with pytest.raises(LabError, match=r"(?s)cannot be downloaded: .*--source modules builds all of it") as caught:
        supply.components()
    assert caught.value.status is Status.NO_LAB


def test_a_program_for_another_processor_is_taken_and_cannot_be_asked(server, supply):
    other = OTHER[architecture()]
    server.files[f"/{other}-0.9.1"] = b"\x7fELF of another kind"
    found, _ = replace(supply, arch=other).components()
    assert found["cni-flannel"].read_bytes() == b"\x7fELF of another kind"


def test_nothing_is_built_for_another_processor(supply):
    elsewhere = replace(supply, arch=OTHER[architecture()], versions=replace(VERSIONS, source=Source.EITHER))
    with pytest.raises(LabError, match=r"cni-flannel cannot be built for the nodes, which are .*--source releases"):
        elsewhere.components()
    assert elsewhere.progress.words[-1].startswith("cni-flannel 0.9.1 is built here: http://")


def test_an_image_that_cannot_be_pulled_is_no_lab(server, supply, monkeypatch, tmp_path):
    registries = tmp_path / "registries.conf"
    registries.write_text(f'[[registry]]\nlocation = "{server.place}"\ninsecure = true\n')
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(registries))
    wanted = replace(VERSIONS, images={"pause": f"{server.place}/pause:1"})
    with pytest.raises(LabError, match=rf"Pulling the image {server.place}/pause:1: buildah ended"):
        replace(supply, versions=wanted).images(tmp_path, {})
    assert not list(supply.cache.root.glob("*pulled*"))


def test_the_source_is_chosen_by_the_environment(root, monkeypatch):
    assert read_versions(root / "config").source is Source.MODULES
    monkeypatch.setenv(SOURCE, "either")
    assert read_versions(root / "config").source is Source.EITHER
    monkeypatch.setenv(SOURCE, "elsewhere")
    with pytest.raises(InputError, match="GUIDE_SOURCE is elsewhere; it can be modules, releases, either"):
        read_versions(root / "config")


def test_a_machine_that_only_reaches_nodes_needs_neither_linux_nor_root(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "geteuid", lambda: 501)
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert architecture() == "arm64"
    for provider in ("vagrant", "ssh"):
        require_lab(VERSIONS, provider, install=lambda _: False)
        assert lab_needs(VERSIONS, provider) == REACH_NEEDS
        with pytest.raises(LabError, match=r"need Linux, as builds do.*--source releases"):
            require_lab(replace(VERSIONS, source=Source.EITHER), provider, install=lambda _: False)
    with pytest.raises(LabError, match="need Linux"):
        require_lab(VERSIONS, "embedded", install=lambda _: False)


def test_no_compiler_is_needed_for_releases():
    packages = {need.package for need in lab_needs(VERSIONS, "embedded")}
    assert "gcc" not in packages
    built = {need.package for need in lab_needs(replace(VERSIONS, source=Source.EITHER), "embedded")}
    assert {*packages, "gcc", "libc6-dev"} == built


def test_images_that_are_not_the_official_ones_are_said():
    made, pulled = ({name: source} for name, source in (("image a", images.MADE), ("image b", images.PULLED)))
    assert images.stand_ins({"etcd": RELEASED, **pulled}) == ()
    [words] = images.stand_ins(made)
    assert words.endswith("under the official names.")
    [words] = images.stand_ins({**made, **pulled})
    assert words.endswith("under the official names: a.")
