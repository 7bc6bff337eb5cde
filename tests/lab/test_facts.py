"""What is written once: config/ against the real files that show its values as literals."""

import re
from ipaddress import IPv4Address, IPv4Network

import pytest
import yaml

from guide.errors import InputError
from guide.lab.facts import read_nodes, read_versions
from guide.lab.runtime import SHIM
from guide.page import read_pages
from guide.project import open_project

ADDRESS = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?:/(\d+))?(?![\d.])")
LOCAL = {
    "0.0.0.0",
    "127.0.0.1",
    "127.0.0.53",
    "192.0.2.10",
}  # the last one is for documentation, and belongs to nobody


def real_files(root):
    return [
        path for folder in ("script", "manifests", "config") for path in (root / folder).iterdir() if path.is_file()
    ]


def known(root):
    values = yaml.safe_load((root / "config/nodes.yaml").read_text())
    single = {values["host"], values["cluster-dns"], *values["nodes"].values()}
    networks = [IPv4Network(values[name]) for name in ("network", "services", "local-pods", "pods")]
    return single, networks


def test_every_address_in_scripts_manifests_and_configuration_is_one_of_config(root):
    single, networks = known(root)
    wrong = []
    for path in real_files(root):
        for address, prefix in ADDRESS.findall(path.read_text()):
            whole = f"{address}/{prefix}"
            if address not in single | LOCAL and whole not in map(str, networks) and whole != "0.0.0.0/0":
                wrong.append(f"{path.name}: {address}")
    assert wrong == []


def test_every_address_on_pages_is_one_of_config(root):
    single, networks = known(root)
    values = yaml.safe_load((root / "config/nodes.yaml").read_text())
    many = [IPv4Network(values[name]) for name in ("services", "local-pods", "pods")]
    wrong = []
    for page in read_pages(root):
        for address, prefix in ADDRESS.findall(page.text):
            inside = any(IPv4Address(address) in network for network in many)
            if address not in single | LOCAL and not inside and f"{address}/{prefix}" not in map(str, networks):
                wrong.append(f"{page.path}: {address}")
    assert wrong == []


def test_images_in_manifests_and_configuration_are_those_of_config(root):
    images = set(read_versions(root / "config").images.values())
    short = {image.removeprefix("docker.io/").removeprefix("library/") for image in images}
    texts = [path.read_text() for path in real_files(root) if path.name != "versions.yaml"]
    named = [name for text in texts for name in re.findall(r'(?:\bimage: |sandbox_image = ")([^\s"]+)', text)]
    assert named
    assert set(named) <= images | short


def test_every_version_has_its_locked_modules(root):
    versions = read_versions(root / "config").components
    for name in versions.keys() - {SHIM}:
        version = versions[name]
        folder = root / "config" / "modules" / f"{name}-{version}"
        assert (folder / "go.mod").is_file(), folder
        assert (folder / "go.sum").is_file(), folder


def test_every_script_manifest_and_configuration_file_is_on_a_page(root):
    pages = "\n".join(page.text for page in read_pages(root))
    internal = {"nodes.yaml", "versions.yaml", "toolchain.txt", "releases.txt"}
    unused = [
        path.name
        for path in real_files(root)
        if path.name not in internal and f'title="{path.parent.name}/{path.name}"' not in pages
    ]
    assert unused == []


def test_every_flag_of_every_script_is_explained_on_a_page(root):
    pages = "\n".join((root / page.path).read_text() for page in read_pages(root))
    explained = {flag for code in re.findall(r"`([^`\n]+)`", pages) for flag in re.findall(r"--[a-z-]+", code)}
    # What provision.sh does, it says itself, in seven numbered comments.
    scripts = [path.read_text() for path in (root / "script").glob("*.sh") if path.name != "provision.sh"]
    flags = {flag for text in scripts for flag in re.findall(r"\s(--[a-z-]+)", text)}
    assert sorted(flags - explained) == []


def test_every_script_manifest_and_configuration_file_is_used_by_a_step(root):
    """provision.sh runs before there are steps; containerd reads its files by way of its script."""
    internal = {"nodes.yaml", "versions.yaml", "toolchain.txt", "packages.txt", "releases.txt", "releases.yaml"}
    files = {path.name for path in real_files(root)} - internal
    project = open_project(root)
    plan = [each for name in ("containerd", "docker") for each in project.plan(project.lane("embedded", name))]
    commands = "\n".join(each.step.command for each in plan)
    used = {name for name in files if name in commands}
    scripts = "\n".join((root / "script" / name).read_text() for name in used if name.endswith(".sh"))
    used |= {name for name in files if name in scripts}
    assert files - used == {"provision.sh", "upstream.corefile"}


def test_configuration_that_is_none_is_wrong_input(tmp_path):
    (tmp_path / "nodes.yaml").write_text("host: [")
    with pytest.raises(InputError, match=r"nodes\.yaml: cannot be read"):
        read_nodes(tmp_path)
    (tmp_path / "nodes.yaml").write_text("host: 10.0.0.1\nnetwork: 10.0.0.0/24\nnodes: {a: 10.0.1.1}\n")
    with pytest.raises(InputError, match=r"a has an address outside of 10\.0\.0\.0/24"):
        read_nodes(tmp_path)
    (tmp_path / "nodes.yaml").write_text("host: nobody\n")
    with pytest.raises(InputError, match="host, network and nodes are needed"):
        read_nodes(tmp_path)


def test_another_kubernetes_is_read_where_it_was_chosen_if_its_modules_are_locked(root, monkeypatch):
    assert read_versions(root / "config").components["kubernetes"] == "1.37.2"
    monkeypatch.setenv("GUIDE_KUBERNETES", "1.36.3")
    assert read_versions(root / "config").components["kubernetes"] == "1.36.3"
    assert open_project(root).lane("embedded", "containerd").kubernetes == "1.36.3"
    pages = "\n".join(page.text for page in read_pages(root))
    assert "Kubernetes v1.36.3" in pages
    assert "v1.37.2" not in pages
    monkeypatch.setenv("GUIDE_KUBERNETES", "1.0")
    with pytest.raises(InputError, match=r"no Kubernetes 1\.0 in .*; there are 1\.34\.4, 1\.36\.3, 1\.37\.2"):
        read_versions(root / "config")
