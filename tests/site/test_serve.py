"""`serve` while somebody writes: the browser shows what changed, and what is wrong."""

import os
import re
import signal
import socket
import subprocess
import sys

import pytest


@pytest.fixture
def written(copy):
    """A copy of the project with one page, served where nobody else serves."""
    copy.only({"1-one.md": "# One\n\nWords.\n", "verified.md": "# Verified\n"})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    copy.write("mkdocs.yml", (copy.root / "mkdocs.yml").read_text() + f"dev_addr: 127.0.0.1:{port}\n")
    copy.address = f"http://127.0.0.1:{port}/1-one.html"
    env = {**os.environ, "PYTHONPATH": f"{copy.root}/src", "GUIDE_ROOT": str(copy.root), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "guide", "serve"]
    with subprocess.Popen(command, cwd=copy.root, env=env, text=True, stderr=subprocess.PIPE) as process:
        copy.process = process
        yield copy
        process.send_signal(signal.SIGINT)  # a killed server leaves its folder
        try:
            process.communicate(timeout=60)
        finally:
            process.kill()


def wait_until_served(copy):
    said = ""
    while "Serving on" not in said:
        line = copy.process.stderr.readline()
        assert line, said
        said += line
    return said


def test_a_change_is_shown_at_once_and_so_is_what_is_wrong_with_it(written, window):
    wait_until_served(written)
    window.tab.goto(written.address)
    assert window.tab.locator("article").inner_text().startswith("One")
    fence = "```"
    written.write("docs/1-one.md", f'# One\n\n{fence}bash title="kube-nod"\nls\n{fence}\n')
    alert = window.tab.get_by_role("alert")
    alert.wait_for(timeout=60000)
    assert alert.inner_text().startswith("docs/1-one.md:3: there is no node kube-nod; there are kube-control-plane,")
    written.write("docs/1-one.md", f'# Better\n\n{fence}bash title="kube-node"\nls\n{fence}\n')
    window.tab.locator("h1", has_text="Better").wait_for(timeout=60000)
    assert window.tab.locator("#step-1-1 .node").inner_text() == "kube-node"
    written.process.send_signal(signal.SIGINT)
    assert written.process.wait(30) == 130


def test_a_macro_that_fails_is_named_too_from_the_first_build_on(written, window):
    written.write("docs/1-one.md", '# One\n\n[= file("script/none.sh") =]\n')
    wait_until_served(written)
    window.tab.goto(written.address)
    assert "the file script/none.sh is missing" in window.tab.get_by_role("alert").inner_text()


def test_an_address_that_is_taken_is_told(written):
    wait_until_served(written)
    env = {**os.environ, "PYTHONPATH": f"{written.root}/src", "GUIDE_ROOT": str(written.root)}
    again = subprocess.run(
        [sys.executable, "-m", "guide", "serve"],
        cwd=written.root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 2
    assert re.search(r"127\.0\.0\.1:\d+ cannot be served: Address already in use", again.stderr)
