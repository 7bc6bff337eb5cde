"""Official releases, from a server of our own: good, cut off, altered, slow, and none."""

import hashlib
import io
import subprocess
import tarfile

import pytest

from guide.errors import InputError, LabError
from guide.lab import download
from guide.lab.cache import Cache
from guide.lab.components import COMPONENTS
from guide.lab.facts import Versions, read_versions
from guide.lab.lock import Lock
from guide.lab.release import Release, obtain, read_releases
from guide.lab.runtime import SHIM, choose
from tests.server import serving

PROGRAM = b"#!/bin/sh\necho cri-dockerd 0.4.3 of the release\n" + b"# " + b"x" * 200_000 + b"\n"
OTHER = PROGRAM.replace(b"release", b"another")


def packed(**members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=0) as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(f"./bin/{name}")
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def server():
    with serving() as running:
        running.files = {
            "/program": PROGRAM,
            "/program.sha256": sha256(PROGRAM).encode(),
            "/both.tgz": packed(one=PROGRAM, two=b"#!/bin/sh\n"),
        }
        yield running


class Getter:
    """Gets releases from the server into a cache of its own."""

    def __init__(self, server, folder):
        folder.mkdir(exist_ok=True)
        self.at = f"http://{server.place}"
        self.cache, self.lock = Cache(folder / "cache"), Lock(folder / "releases.txt")
        self.lock.path.write_text("# a lock\n")
        self.reached: list[int] = []

    def __call__(self, path="/program", members=None, checksum="", check=lambda *_: None):
        release = Release(self.at + path, members or {"program": ""}, checksum and self.at + checksum)
        return obtain(self.cache, release, self.lock, check, self.reached.append)

    def kept(self):
        """Give all files in the cache but locks."""
        files = (each.relative_to(self.cache.root) for each in self.cache.root.rglob("*") if each.is_file())
        return {str(each) for each in files if each.parts[0] != "locks"}


@pytest.fixture
def get(server, tmp_path):
    return Getter(server, tmp_path)


def test_a_release_is_downloaded_once_and_recorded_on_first_use(server, get):
    program = get()["program"]
    assert program.read_bytes() == PROGRAM
    assert program.stat().st_mode & 0o777 == 0o755
    assert get.lock.known() == {f"{get.at}/program": sha256(PROGRAM)}
    assert get() == {"program": program}
    assert server.asked == [("/program", "")]
    assert get.lock.path.read_text().count("/program") == 1


def test_all_that_is_wanted_of_an_archive_comes_by_one_download(server, get):
    members = {"first": "./bin/one", "second": "./bin/two"}
    found = get("/both.tgz", members)
    assert [found[name].read_bytes() for name in members] == [PROGRAM, b"#!/bin/sh\n"]
    assert server.asked == [("/both.tgz", "")]


@pytest.mark.parametrize(
    "text",
    [
        sha256(PROGRAM),
        f"{sha256(PROGRAM).upper()}\n",
        f"{sha256(PROGRAM)}  program\n",
        f"{sha256(OTHER)}  other\n\n{sha256(PROGRAM)} *program\n",
    ],
)
def test_the_publishers_checksum_is_understood_in_the_forms_it_has(server, get, text):
    server.files["/sums"] = text.encode()
    assert get(checksum="/sums")["program"].read_bytes() == PROGRAM


@pytest.mark.parametrize("text", ["", "<html>", f"{sha256(PROGRAM)}  program.exe\n", "abc  program\n"])
def test_a_checksum_file_without_the_release_is_said(server, get, text):
    server.files["/sums"] = text.encode()
    with pytest.raises(LabError, match=r"/sums has no SHA-256 of program\."):
        get(checksum="/sums")
    assert get.kept() == set()


def test_a_checksum_that_cannot_be_had_is_not_done_without(server, get):
    del server.files["/program.sha256"]
    with pytest.raises(LabError, match=r"/program\.sha256 cannot be downloaded: .*404"):
        get(checksum="/program.sha256")
    assert get.lock.known() == {}
    assert get.kept() == set()


def test_another_file_than_the_publisher_has_is_refused_and_not_kept(server, get):
    server.files["/program"] = OTHER
    words = rf"/program\.sha256 has: its SHA-256 is {sha256(OTHER)}, and not {sha256(PROGRAM)}"
    with pytest.raises(LabError, match=words):
        get(checksum="/program.sha256")
    assert get.lock.known() == {}
    assert get.kept() == set()
    server.files["/program"] = PROGRAM
    assert get(checksum="/program.sha256")["program"].read_bytes() == PROGRAM


def test_another_file_than_the_lock_has_is_refused_and_not_kept(server, get, tmp_path):
    get()
    other = Getter(server, tmp_path / "other")
    other.lock = get.lock
    before = get.lock.path.read_text()
    server.files["/program"] = OTHER
    server.files["/program.sha256"] = sha256(OTHER).encode()  # it was published anew
    with pytest.raises(LabError, match=r"is not the file that .*releases\.txt has: its SHA-256 is"):
        other(checksum="/program.sha256")
    assert other.kept() == set()
    assert get.lock.path.read_text() == before


def test_what_the_cache_has_is_held_to_the_lock_too(get):
    get()
    get.lock.path.write_text(f"{sha256(OTHER)}  {get.at}/program\n")
    with pytest.raises(LabError, match=r"is not what .*releases\.txt has: .* If the publisher has published it anew"):
        get()
    assert get.kept() == set()


def test_what_the_cache_has_needs_no_server(server, get):
    program = get(checksum="/program.sha256")["program"]
    server.files.clear()
    get.lock.path.write_text("")
    assert get(checksum="/program.sha256") == {"program": program}
    assert get.lock.known() == {f"{get.at}/program": sha256(PROGRAM)}


def test_a_download_that_is_cut_off_goes_on_where_it_stopped(server, get):
    server.cut = [50_000, 70_000]
    assert get()["program"].read_bytes() == PROGRAM
    assert [ranged for _, ranged in server.asked] == ["", "bytes=50000-", "bytes=120000-"]


def test_one_that_is_cut_off_again_and_again_is_gone_on_with_by_the_next_run(server, get):
    server.cut = [10_000, 10_000, 10_000]
    with pytest.raises(LabError, match="cannot be downloaded"):
        get()
    assert get.lock.known() == {}
    assert get()["program"].read_bytes() == PROGRAM
    assert server.asked[-1] == ("/program", "bytes=30000-")


def test_one_that_was_whole_when_a_run_was_killed_is_taken(server, get):
    server.cut = [len(PROGRAM) - 1, 0]
    with pytest.raises(LabError):
        get()
    [part] = get.cache.root.glob("downloads/*.part")
    part.write_bytes(PROGRAM)
    assert get(checksum="/program.sha256")["program"].read_bytes() == PROGRAM


def test_one_that_goes_on_in_another_file_is_refused_and_begun_anew(server, get):
    server.cut = [64, 10_000, 10_000, 10_000]
    with pytest.raises(LabError):
        get(checksum="/program.sha256")
    [part] = get.cache.root.glob("downloads/*.part")
    part.write_bytes(b"?" * 10_000)
    with pytest.raises(LabError, match="is not the file that"):
        get(checksum="/program.sha256")
    assert get(checksum="/program.sha256")["program"].read_bytes() == PROGRAM


def test_a_truncated_file_that_says_nothing_of_its_length_is_refused(server, get):
    server.lengths = False
    server.files["/program"] = PROGRAM[:1000]
    with pytest.raises(LabError, match="is not the file that"):
        get(checksum="/program.sha256")
    server.files["/both.tgz"] = server.files["/both.tgz"][:1000]
    with pytest.raises(LabError, match=r"both\.tgz is no archive with \./bin/one"):
        get("/both.tgz", {"first": "./bin/one"})
    assert get.lock.known() == {}
    assert get.kept() == set()


def test_a_download_that_stalls_is_given_up(server, get, monkeypatch):
    monkeypatch.setattr(download, "STALLED", ("--speed-limit", "1024", "--speed-time", "1"))
    monkeypatch.setattr(download, "TRIES", 1)
    server.stalls = True
    with pytest.raises(LabError, match=r"cannot be downloaded: .*(too slow|timed out)"):
        get()
    assert 0 < get.reached[-1] <= 100_000  # what came of it was told


def test_a_release_that_is_missing_is_said_at_once(server, get):
    with pytest.raises(LabError, match=r"/nothing cannot be downloaded: .*404"):
        get("/nothing")
    assert server.asked == [("/nothing", "")]


def test_a_server_that_is_not_there_is_said(get):
    get.at = "http://127.0.0.1:9"
    with pytest.raises(LabError, match=r"127\.0\.0\.1:9/program cannot be downloaded: .*connect"):
        get()


def test_a_program_that_is_not_the_wanted_one_is_neither_kept_nor_recorded(get):
    def check(name, program):
        raise LabError(f"{name} of {len(program.read_bytes())} bytes is another")

    with pytest.raises(LabError, match=f"program of {len(PROGRAM)} bytes is another"):
        get(check=check)
    assert get.lock.known() == {}
    assert get.kept() == set()


def test_https_is_spoken_with_those_who_prove_who_they_are(tmp_path, monkeypatch):
    certificate = tmp_path / "both.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ed25519",
        "-nodes",
        "-keyout",
        certificate,
        "-out",
        tmp_path / "ca",
    ]
    subprocess.run([*made, *subject], check=True, capture_output=True)
    certificate.write_text(certificate.read_text() + (tmp_path / "ca").read_text())
    with serving(certificate=certificate) as server:
        server.files["/program"] = PROGRAM
        get = Getter(server, tmp_path)
        get.at = f"https://{server.place}"
        with pytest.raises(LabError, match=r"cannot be downloaded: .*certificate"):
            get()
        monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path / "ca"))
        assert get()["program"].read_bytes() == PROGRAM


def test_a_damaged_lock_is_told_by_its_line(get):
    get.lock.path.write_text("# a lock\nabc  http://x\n")
    with pytest.raises(LabError, match=r"releases\.txt:2: this is no line of a lock"):
        get()


def test_a_lock_is_gone_on_with_on_a_line_of_its_own(get):
    get.lock.path.write_text(f"{sha256(OTHER)}  http://other")
    get()
    assert get.lock.known() == {"http://other": sha256(OTHER), f"{get.at}/program": sha256(PROGRAM)}


def test_a_lock_that_cannot_be_written_is_said(get, tmp_path):
    get.lock = Lock(tmp_path / "nowhere" / "releases.txt")
    with pytest.raises(LabError, match=r"releases\.txt: what was downloaded cannot be taken down: No such file"):
        get()


def test_what_is_no_archive_or_has_another_content_is_said(server, get):
    server.files["/other.tgz"] = b"<html>"
    with pytest.raises(LabError, match=r"other\.tgz is no archive with \./bin/one"):
        get("/other.tgz", {"one": "./bin/one"})
    with pytest.raises(LabError, match=r"both\.tgz is no archive with bin/x"):
        get("/both.tgz", {"x": "bin/x"})


def test_every_component_has_an_address_by_https(root):
    config = root / "config"
    for name, version in read_versions(config).components.items():
        programs = [each.name for each in COMPONENTS if each.module == name] or [name]
        releases = read_releases(config, name, version, "arm64", programs)
        assert sorted(each for release in releases for each in release.members) == sorted(programs)
        for release in releases:
            assert release.address.startswith("https://")
            assert version in release.address
            assert "arm64" in release.address
            assert not release.checksum or release.checksum.startswith("https://")


def test_releases_are_where_their_publishers_have_them(root):
    def found(name, version, *programs):
        return read_releases(root / "config", name, version, "amd64", programs)

    kubelet = "https://dl.k8s.io/release/v1.37.2/bin/linux/amd64/kubelet"
    assert found("kubernetes", "1.37.2", "kubelet") == [Release(kubelet, {"kubelet": ""}, f"{kubelet}.sha256")]
    etcd = "https://github.com/etcd-io/etcd/releases/download/v3.7.3"
    folder = "etcd-v3.7.3-linux-amd64"
    members = {"etcd": f"{folder}/etcd", "etcdctl": f"{folder}/etcdctl"}
    assert found("etcd", "3.7.3", "etcd", "etcdctl") == [
        Release(f"{etcd}/{folder}.tar.gz", members, f"{etcd}/SHA256SUMS")
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("other: {address: x}\n", r"releases\.yaml: thing should have an address"),
        ("thing: x\n", r"thing should have an address"),
        ("thing: {address: x, sha: y}\n", r"thing should have an address, and may have checksum and member"),
        ("thing: {address: 'x{vresion}'}\n", r"thing: only version, arch and name stand in braces \('vresion'\)"),
        ("thing: {address: 'x{'}\n", r"thing: only version, arch and name stand in braces"),
    ],
)
def test_a_file_of_addresses_that_is_wrong_is_wrong_input(tmp_path, text, words):
    (tmp_path / "releases.yaml").write_text(text)
    with pytest.raises(InputError, match=words):
        read_releases(tmp_path, "thing", "1", "amd64", ["thing"])


def test_docker_takes_the_release_where_none_is_named(server, tmp_path):
    server.files[f"/{SHIM}-0.4.3.tgz"] = packed(shim=PROGRAM)
    address = f"http://{server.place}/{SHIM}-{{version}}.tgz"
    (tmp_path / "releases.yaml").write_text(f"{SHIM}: {{address: '{address}', member: ./bin/shim}}\n")
    versions = Versions({SHIM: "0.4.3"}, {}, "", "trixie")
    chosen = choose("docker", None, versions, Cache(tmp_path / "cache"), tmp_path)
    assert chosen.shim is not None
    assert chosen.shim.read_bytes() == PROGRAM
    assert not chosen.named
    assert chosen.stand_ins == ()
