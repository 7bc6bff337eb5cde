"""What a lab is made of: what the versions name, and nothing else."""

import pytest

from guide.errors import InputError
from guide.lab.cache import Cache
from guide.lab.facts import Versions, read_versions
from guide.lab.images import images
from guide.lab.supply import wanted_builds


def versions(components=None, names=None, go="1.26.6"):
    return Versions(components or {}, names or {}, go, "trixie")


def test_only_components_with_a_version_are_built(tmp_path, root):
    assert wanted_builds(tmp_path, versions({"thing": "1.2.3"}, go=""), "amd64") == []
    assert {build.component.name for build in wanted_builds(tmp_path, versions({"etcd": "3.7.3"}), "amd64")} == {
        "etcd",
        "etcdctl",
    }
    assert len(wanted_builds(root / "config", read_versions(root / "config"), "amd64")) == 11


def test_a_component_without_a_toolchain_is_wrong_input(tmp_path):
    with pytest.raises(InputError, match=r"versions\.yaml: go is missing: etcd is built"):
        wanted_builds(tmp_path, versions({"etcd": "3.7.3"}, go=""), "amd64")


def test_an_image_that_nobody_can_make_is_wrong_input(tmp_path):
    with pytest.raises(InputError, match="how to make the image redis; known are pause, nginx, coredns"):
        images(Cache(tmp_path), versions(names={"redis": "redis:8"}), tmp_path, {})
    with pytest.raises(InputError, match="the image coredns is made of the component coredns"):
        images(Cache(tmp_path), versions(names={"coredns": "coredns:1"}), tmp_path, {})


def test_a_guide_may_name_no_more_than_a_release(tmp_path):
    (tmp_path / "versions.yaml").write_text("debian: trixie\n")
    assert read_versions(tmp_path) == Versions({}, {}, "", "trixie")
    (tmp_path / "versions.yaml").write_text("go: 1.26.6\n")
    with pytest.raises(InputError, match=r"versions\.yaml: debian is missing"):
        read_versions(tmp_path)
    (tmp_path / "versions.yaml").write_text("debian: trixie\nimages: nginx\n")
    with pytest.raises(InputError, match=r"versions\.yaml: images should be a mapping"):
        read_versions(tmp_path)
