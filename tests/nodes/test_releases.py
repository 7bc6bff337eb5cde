"""Official releases as the source of everything, from a server that has the binaries and images built here."""

import hashlib
import json
import shutil
import socket
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest

from guide.lab.cache import cache_root
from guide.lab.components import COMPONENTS
from guide.lab.images import BY_NODES, MADE, PULLED
from guide.lab.namespace import BRIDGE
from guide.lab.release import read_releases
from guide.lab.supply import BUILT, RELEASED
from guide.project import open_project
from tests.conftest import Guide, copy_parts
from tests.nodes.conftest import CONTROL_PLANE, Caller
from tests.nodes.test_ssh import NODES, Machines
from tests.server import serving

REGISTRIES = ("docker.io", "registry.k8s.io")
NAME, ADDRESS = "www.google.de", "192.0.2.10"  # the one name that the lab's resolver knows
TOOLS = ("bash", "curl", "env", "ssh", "ssh-keygen", "tar")  # of a machine that makes nothing


@pytest.fixture
def own_cache(parts, monkeypatch):
    """A cache that has what is built, and gets what is downloaded, for as long as a test lasts."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "kubernetes-from-scratch"
        own.mkdir()
        for entry in {cache_root() / "go", *(each.parent for each in (*parts.binaries.values(), parts.rootfs))}:
            (own / entry.name).symlink_to(entry)
        for archive in parts.archives.values():
            (own / archive.parent.name).symlink_to(archive.parent)
        monkeypatch.setenv("XDG_CACHE_HOME", folder)
        yield own


@pytest.fixture(scope="module")
def goods(root, parts):
    """All releases and images by the paths that their publishers have, with types of content."""
    project = open_project(root)
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        work = Path(folder)
        for name, version in project.versions.components.items():
            programs = [each.name for each in COMPONENTS if each.module == name]
            if not programs:  # cri-dockerd
                continue
            for release in read_releases(root / "config", name, version, parts.arch, programs):
                path = release.address.removeprefix("https:/")
                file = work / path.replace("/", "-")
                if all(release.members.values()):
                    with tarfile.open(file, "w:gz", compresslevel=0) as archive:
                        for program, member in release.members.items():
                            archive.add(parts.binaries[program], member)
                else:
                    [program] = release.members
                    file.symlink_to(parts.binaries[program])
                server.files[path] = file
                if release.checksum:
                    line = f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {release.name}\n"
                    server.files[release.checksum.removeprefix("https:/")] = line.encode()
        for name, reference in project.versions.images.items():
            (work / name).mkdir()
            server.has_image(reference, parts.archives[name], work / name)
        yield server.files, server.types


def publish(server, guide, goods):
    """Let a server have all releases and images, and a guide look for them there."""
    server.files, server.types = map(dict, goods)
    addresses = guide.root / "config" / "releases.yaml"
    addresses.write_text(addresses.read_text().replace("https://", f"http://{server.place}/"))


@pytest.fixture
def published(tmp_path, root, goods, own_cache, monkeypatch):
    """A copy of the guide that finds releases and images on a server of our own."""
    assert not list(own_cache.glob("release-*"))
    guide = Guide(tmp_path / "guide")
    copy_parts(root, guide.root)
    with serving() as server:
        publish(server, guide, goods)
        registries = tmp_path / "registries.conf"
        entry = '[[registry]]\nprefix = "{0}"\nlocation = "{1}/{0}"\ninsecure = true\n'
        registries.write_text("\n".join(entry.format(name, server.place) for name in REGISTRIES))
        monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(registries))
        caller = Caller(guide, root)
        try:
            yield caller, server
        finally:
            caller.lab.down()


def evidence(call, lane="embedded-containerd-1.37.2"):
    return json.loads((call.guide.root / f"build/evidence/{lane}.json").read_text())


def lines(call):
    """Give the lines of the lock."""
    text = (call.guide.root / "config/releases.txt").read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_nodes_come_up_from_releases_alone_which_are_then_held_to_the_lock(published, own_cache):
    call, server = published
    done = call("verify", "--source", "releases", "--to", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    seen = evidence(call)
    assert {each["status"] for each in seen["steps"]} == {"passed"}
    project = open_project(call.guide.root)
    assert set(seen["sources"].values()) == {RELEASED, PULLED}
    assert seen["sources"].keys() == {
        *(each.module for each in COMPONENTS),
        *(f"image {name}" for name in project.versions.images),
    }
    assert ["resolver" in each for each in seen["stand_ins"]] == [True]
    assert len(lines(call)) == 6 + 1 + 1 + 1 + 1 + 3  # Kubernetes, etcd, CoreDNS, flannel, its plugin, images
    assert not list(own_cache.glob("downloads/*"))

    # All is there: nobody is asked again, and the lock stays as it is.
    server.files.clear()
    server.asked.clear()
    before = lines(call)
    up = call("up", "--source", "releases")
    assert up.returncode == 0, up.stderr
    assert call("down").returncode == 0
    assert (server.asked, lines(call)) == ([], before)

    # Another digest in the lock, of an image or of a program: an error, and it is not kept.
    for other, entry in (("nginx", "pulled-nginx-*"), ("kubelet", "release-kubelet-*")):
        assert list(own_cache.glob(entry))
        changed = [f"{'0' * 64}  {line.split()[1]}" if other in line else line for line in before]
        (call.guide.root / "config/releases.txt").write_text("\n".join(changed))
        refused = call("up", "--source", "releases")
        assert (refused.returncode, "is not what" in refused.stderr) == (3, True), refused.stderr
        assert other in refused.stderr
        assert "Traceback" not in refused.stderr
        assert not list(own_cache.glob(entry))
    assert call("status").stdout.startswith("The nodes are not up")


def test_either_builds_what_cannot_be_had_and_says_so(published):
    call, server = published
    for path in [*server.files]:
        if path.endswith(("kube-proxy", "manifests/1.26.3", "flannel.sha256")) or "containernetworking" in path:
            del server.files[path]
    [altered] = [path for path in server.files if "/etcd-v" in path]
    server.files[altered] = b"altered"
    refused = call("up", "--source", "releases")
    assert refused.returncode == 3
    assert "kube-proxy cannot be downloaded: " in refused.stderr
    assert "404" in refused.stderr
    assert "--source modules builds all of it here" in refused.stderr
    done = call("verify", "--source", "either", "--to", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    for words in (
        r"kubernetes 1.37.2 is built here: http",
        r"etcd 3.7.3 is built here: http",
        r"cni-flannel 0.9.1 is built here: http",
        r"The image docker.io/library/nginx:1.26.3 is made here: ",
    ):
        assert words in done.stdout
    assert "SHA256SUMS has: its SHA-256 is" in done.stdout
    seen = evidence(call)
    assert seen["sources"] == {
        "kubernetes": BUILT,
        "etcd": BUILT,
        "coredns": RELEASED,
        "flannel": RELEASED,
        "cni-flannel": BUILT,
        "image pause": PULLED,
        "image nginx": MADE,
        "image coredns": PULLED,
    }
    assert seen["stand_ins"][0] == (
        "Images are built from Debian's packages and the project's own builds, under the official names: nginx."
    )


@pytest.fixture
def far(tmp_path, root, goods):
    """Two machines by SSH, in a network with a server that has everything; the reader's machine makes nothing."""
    machines = Machines(tmp_path, root)
    call, namespace, host = machines.call, machines.lab.namespace, machines.lab.nodes.host
    try:
        subprocess.run(["ip", "-n", namespace.name, "address", "add", ADDRESS, "dev", BRIDGE], check=True)
        listener = namespace._inside(lambda: socket.create_server((ADDRESS, 0)))
        with serving(listener) as server, tempfile.TemporaryDirectory() as cache:
            publish(server, call.guide, goods)
            for node in NODES:
                machines.on(node, f"ip route add {ADDRESS} via {host}")
                machines.on(
                    node, "mv /etc/resolv.conf /run; ln -s /run/resolv.conf /etc"
                )  # as systemd-resolved has it
                for registry in REGISTRIES:
                    folder = f"/etc/containerd/certs.d/{registry}"
                    place = f'"http://{NAME}:{server.server_port}/v2/{registry}"'
                    hosts = f"server = {place}\noverride_path = true\n[host.{place}]\noverride_path = true\n"
                    machines.on(node, f"mkdir -p {folder}; printf %s '{hosts}' >{folder}/hosts.toml")
            tools = tmp_path / "bin"
            tools.mkdir()
            for name in TOOLS:
                (tools / name).symlink_to(shutil.which(name) or "")
            call.within[0] = shutil.which("nsenter") or ""
            call.env |= {"PATH": str(tools), "XDG_CACHE_HOME": cache}
            yield machines
    finally:
        machines.lab.down()


def test_machines_by_ssh_get_releases_from_a_machine_that_makes_nothing(far):
    before = far.state()
    by_ssh = ("--provider", "ssh", "--source", "releases", "--yes")
    done = far.call("up", *by_ssh)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pulls the guide's images into containerd" in done.stdout
    started = "systemd-run --quiet --collect --unit=looked containerd; until ctr version; do sleep 0.1; done"
    listed = far.on(CONTROL_PLANE, f"({started}) >/dev/null 2>&1; ctr --namespace k8s.io images list --quiet")
    far.on(CONTROL_PLANE, "systemctl stop looked")
    project = open_project(far.call.guide.root)
    assert set(project.versions.images.values()) <= set(listed.split())
    [record] = Path(far.call.env["XDG_CACHE_HOME"]).glob("*/labs/kfs-ssh-*/lab.json")
    assert set(json.loads(record.read_text())["sources"].values()) == {RELEASED, BY_NODES}
    assert far.call("down", "--provider", "ssh").returncode == 0
    assert far.state() ^ before == set()
