"""The file that names machines: what it may say, and what is told of one that is wrong."""

import os
import subprocess
import sys

import pytest

from guide.errors import InputError
from guide.inventory import read_inventory
from guide.target import Target

NODES = ("web", "db")
MACHINE = "address: 192.0.2.1, key: id, known_hosts: known"


@pytest.fixture
def inventory(tmp_path):
    """Write an inventory beside a key and a file of host keys."""
    (tmp_path / "id").touch()
    (tmp_path / "known").touch()

    def write(text):
        path = tmp_path / "machines.yaml"
        path.write_text(text)
        return path

    return write


def test_machines_are_read_with_paths_relative_to_the_file(inventory, tmp_path):
    other = "{address: db.example, user: admin, port: 2222, key: id, known_hosts: known, sudo: true}"
    path = inventory(f"nodes:\n  web: {{{MACHINE}}}\n  db: {other}\n")
    assert read_inventory(path, NODES) == {
        "web": Target("web", "192.0.2.1", "root", tmp_path / "id", tmp_path / "known"),
        "db": Target("db", "db.example", "admin", tmp_path / "id", tmp_path / "known", 2222, sudo=True),
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nodes: [", "cannot be read as configuration"),
        ("hosts: {}", "nodes is missing: name there each of web, db"),
        ("nodes: {wbe: {}}", "the guide has no node wbe; it has web, db"),
        (f"nodes: {{web: {{{MACHINE}}}}}", "the node db is missing"),
        ("nodes: {web: 192.0.2.1, db: {}}", "web should have address and key"),
        ("nodes: {web: {adress: 192.0.2.1}, db: {}}", "web has an unknown field adress; known are address, key"),
        ("nodes: {web: {key: id}, db: {}}", "web has no address"),
        ("nodes: {web: {address: 192.0.2.1}, db: {}}", "web has no key"),
        (f"nodes: {{web: {{{MACHINE}, port: ssh}}, db: {{}}}}", "web has port ssh: give a number"),
        (f"nodes: {{web: {{{MACHINE}, sudo: maybe}}, db: {{}}}}", "web has sudo maybe: give true or false"),
        ("nodes: {web: {address: 192.0.2.1, key: gone}, db: {}}", "gone for key is missing"),
        ("nodes: {web: {address: 192.0.2.1, key: id, known_hosts: gone}, db: {}}", "gone for known_hosts is missing"),
        (f"nodes: {{web: {{{MACHINE}}}, db: {{{MACHINE}}}}}", "web and db are one machine, 192.0.2.1"),
    ],
)
def test_what_is_wrong_in_an_inventory_is_told_in_a_sentence(inventory, text, words):
    path = inventory(text)
    with pytest.raises(InputError) as told:
        read_inventory(path, NODES)
    assert words in str(told.value)
    assert str(told.value).startswith(str(path))


def test_pytest_tells_it_before_anything_runs(inventory, guide, root):
    guide.page('```bash title="web"\ntouch ran\n```\n')
    path = inventory("nodes: {wbe: {}}")
    command = [sys.executable, "-m", "pytest", "-p", "guide.plugin", "docs", "--guide-inventory", str(path)]
    env = {**os.environ, "PYTHONPATH": str(root / "src")}
    done = subprocess.run(command, cwd=guide.root, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (pytest.ExitCode.USAGE_ERROR, False)
    assert "machines.yaml: the guide has no node wbe; it has web, db" in done.stderr
