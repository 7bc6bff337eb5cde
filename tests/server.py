"""A server of files for tests: it can cut answers off, let them stall, and be a registry of container images."""

import hashlib
import json
import re
import ssl
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Server(ThreadingHTTPServer):
    """Serves what is in `files`, by path; `socket` is one to listen at, in another network for example."""

    daemon_threads = True

    def __init__(self, socket=None):
        super().__init__(("127.0.0.1", 0), Handler, bind_and_activate=socket is None)
        if socket is not None:
            self.socket.close()
            self.socket = socket
            self.server_name, self.server_port = socket.getsockname()[:2]
        self.files: dict[str, bytes | Path] = {}
        self.types: dict[str, str] = {}  # of content, by path
        self.cut: list[int] = []  # after so many bytes each of the next answers ends
        self.lengths = True  # whether answers say how long they are
        self.stalls = False
        self.stopped = threading.Event()
        self.asked: list[tuple[str, str]] = []  # paths with the ranges that were asked for

    @property
    def place(self):
        host, port = self.socket.getsockname()[:2]
        return f"{host}:{port}"

    def has_image(self, reference, archive, work):
        """Be the registry that a mirror of the reference's own would be; `work` is a folder for files of ours."""
        storage = ["--root", work / "root", "--runroot", work / "run", "--storage-driver", "vfs"]
        layout = work / "layout"
        subprocess.run(
            ["buildah", *storage, "pull", "-q", f"docker-archive:{archive}"], check=True, capture_output=True
        )
        subprocess.run(
            ["buildah", *storage, "push", "-q", reference, f"dir:{layout}"], check=True, capture_output=True
        )
        name, tag = reference.rsplit(":", 1)
        manifest = (layout / "manifest.json").read_bytes()
        self.files["/v2/"] = b"{}"
        for version in (tag, f"sha256:{hashlib.sha256(manifest).hexdigest()}"):
            self.files[f"/v2/{name}/manifests/{version}"] = manifest
            self.types[f"/v2/{name}/manifests/{version}"] = json.loads(manifest)["mediaType"]
        for blob in layout.iterdir():
            self.files[f"/v2/{name}/blobs/sha256:{blob.name}"] = blob


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(body=True)

    def do_HEAD(self):
        self.answer(body=False)

    def answer(self, *, body):
        server = self.server
        assert isinstance(server, Server)
        asked = self.headers.get("Range", "")
        path = self.path.partition("?")[0]  # containerd says there which registry it means
        server.asked.append((path, asked))
        found = server.files.get(path)
        if found is None:
            self.send_error(404)
            return
        content = found.read_bytes() if isinstance(found, Path) else found
        match = re.fullmatch(r"bytes=(\d+)-", asked)
        start = int(match[1]) if match else 0
        if start >= len(content) > 0:
            self.send_error(416)
            return
        self.send_response(206 if match else 200)
        if match:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Type", server.types.get(path, "application/octet-stream"))
        if server.lengths:
            self.send_header("Content-Length", str(len(content) - start))
        self.close_connection = True
        self.send_header("Connection", "close")
        self.end_headers()
        if not body:
            return
        rest = content[start:]
        if server.stalls:
            self.wfile.write(rest[:100_000])
            self.wfile.flush()
            server.stopped.wait(30)
            return
        self.wfile.write(rest[: server.cut.pop(0)] if server.cut else rest)

    def log_message(self, format, *args):  # noqa: A002 - the signature is the library's
        """Say nothing."""


@contextmanager
def serving(socket=None, certificate=None):
    """Give a server that runs; with a certificate and its key, in one file, it speaks HTTPS."""
    with Server(socket) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()
            thread.join()
