"""Downloads of official releases, from a server of our own: good, cut off, altered, slow, and none."""

import hashlib
import io
import re
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from guide.errors import LabError
from guide.lab import release, runtime
from guide.lab.cache import Cache
from guide.lab.facts import Versions
from guide.lab.release import fetch, member, read_lock

PROGRAM = b"#!/bin/sh\necho cri-dockerd 0.4.3 of the release\n" + b"# " + b"x" * 200_000 + b"\n"


def packed():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=0) as archive:
        entry = tarfile.TarInfo("cri-dockerd/cri-dockerd")
        entry.size, entry.mode = len(PROGRAM), 0o755
        archive.addfile(entry, io.BytesIO(PROGRAM))
    return buffer.getvalue()


class Server(ThreadingHTTPServer):
    """Serves one file, and can cut answers off, or let them stall."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = packed()
        self.cut: list[int] = []  # after so many bytes each of the next answers ends
        self.stalls = False
        self.stopped = threading.Event()
        self.ranges: list[str] = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/cri-dockerd-0.4.3.amd64.tgz"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        assert isinstance(server, Server)
        asked = self.headers.get("Range", "")
        server.ranges.append(asked)
        match = re.fullmatch(r"bytes=(\d+)-", asked)
        start = int(match[1]) if match else 0
        body = server.content[start:]
        self.send_response(206 if match else 200)
        if match:
            self.send_header("Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if server.stalls:
            self.wfile.write(body[:10])
            self.wfile.flush()
            server.stopped.wait(30)
            return
        self.wfile.write(body[: server.cut.pop(0)] if server.cut else body)

    def log_message(self, format, *args):  # noqa: A002 - the signature is the library's
        """Say nothing."""


@pytest.fixture
def server():
    with Server() as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving
        serving.stopped.set()
        serving.shutdown()
        thread.join()


@pytest.fixture
def get(server, tmp_path):
    lock = tmp_path / "releases.txt"
    lock.write_text("# a lock\n")
    return lambda: fetch(Cache(tmp_path / "cache"), server.address, lock), lock


def test_a_release_is_downloaded_once_and_recorded_on_first_use(server, get):
    fetched, lock = get
    file = fetched()
    assert file.read_bytes() == server.content
    assert read_lock(lock) == {server.address: hashlib.sha256(server.content).hexdigest()}
    assert fetched() == file
    assert server.ranges == [""]
    assert lock.read_text().count(server.address) == 1


def test_a_download_that_is_cut_off_goes_on_where_it_stopped(server, get):
    fetched, _ = get
    server.cut = [50_000, 70_000]
    assert fetched().read_bytes() == server.content
    assert server.ranges == ["", "bytes=50000-", "bytes=120000-"]


def test_one_that_is_cut_off_again_and_again_is_gone_on_with_by_the_next_run(server, get):
    fetched, lock = get
    server.cut = [10_000, 10_000, 10_000]
    with pytest.raises(LabError, match="cannot be downloaded"):
        fetched()
    assert read_lock(lock) == {}
    assert fetched().read_bytes() == server.content
    assert server.ranges[-1] == "bytes=30000-"


def test_another_file_than_the_lock_has_is_refused_and_not_kept(server, get):
    fetched, lock = get
    file = fetched()
    file.unlink()
    before = lock.read_text()
    server.content = server.content[:-1] + b"!"
    with pytest.raises(LabError, match=r"is not the file that .*releases\.txt has: its SHA-256 is"):
        fetched()
    assert not file.exists()
    assert lock.read_text() == before


def test_a_download_that_stalls_is_given_up(server, get, monkeypatch):
    fetched, _ = get
    monkeypatch.setattr(release, "STALLED", ("--speed-limit", "1024", "--speed-time", "1"))
    monkeypatch.setattr(release, "TRIES", 1)
    server.stalls = True
    with pytest.raises(LabError, match=r"cannot be downloaded: .*(too slow|timed out)"):
        fetched()


def test_a_server_that_is_not_there_is_said(tmp_path):
    with pytest.raises(LabError, match=r"127\.0\.0\.1:9/x cannot be downloaded"):
        fetch(Cache(tmp_path), "http://127.0.0.1:9/x", tmp_path / "lock")


def test_a_damaged_lock_is_told_by_its_line(tmp_path):
    lock = tmp_path / "releases.txt"
    lock.write_text("# a lock\nabc  http://x\n")
    with pytest.raises(LabError, match=r"releases\.txt:2: this is no line of a lock"):
        read_lock(lock)


def test_what_is_no_archive_or_has_another_content_is_said(tmp_path):
    cache = Cache(tmp_path / "cache")
    other = tmp_path / "other.tgz"
    other.write_bytes(b"<html>")
    with pytest.raises(LabError, match="is no archive with cri-dockerd/cri-dockerd"):
        member(other, "cri-dockerd/cri-dockerd", cache)
    other.write_bytes(packed())
    with pytest.raises(LabError, match="is no archive with bin/x"):
        member(other, "bin/x", cache)


def test_docker_takes_the_release_where_none_is_named(server, tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "RELEASE", server.address)
    versions = Versions({"cri-dockerd": "0.4.3"}, {}, "", "trixie")
    chosen = runtime.choose("docker", None, versions, Cache(tmp_path), tmp_path / "lock")
    assert chosen.shim is not None
    assert chosen.shim.read_bytes() == PROGRAM
    assert not chosen.named
    assert not any("SHA-256" in words for words in chosen.stand_ins)
