"""Plain `pytest` on a guide, as people use pytest: on nodes of its own, and on machines that are there already."""

import json
import os
import signal
import subprocess
import sys

import pytest

FENCE = "```"
PYTEST = [sys.executable, "-m", "pytest", "-p", "guide.plugin", "-p", "no:cacheprovider"]


class Pytest:
    """Calls pytest in a guide's folder."""

    def __init__(self, guide):
        self.guide = guide

    def start(self, *arguments, within=()):
        return subprocess.Popen(
            [*within, *PYTEST, *arguments],
            cwd=self.guide.guide.root,
            env={**os.environ, "PYTHONPATH": self.guide.env["PYTHONPATH"]},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __call__(self, *arguments, within=()):
        """Give the status, and what was said. `within` goes before the command."""
        process = self.start(*arguments, within=within)
        out, err = process.communicate(timeout=300)
        assert "Traceback" not in out + err
        return process.returncode, out + err


@pytest.fixture
def run(nginx):
    """pytest on the small guide."""
    return Pytest(nginx)


def change(nginx, before, after, page="1-serve-a-page"):
    path = nginx.guide.root / "docs" / f"{page}.md"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


def evidence(nginx, lane="embedded-containerd-none"):
    return json.loads((nginx.guide.root / f"build/evidence/{lane}.json").read_text())


def test_every_step_is_an_item_and_the_lab_is_gone_in_the_end(nginx, run):
    status, said = run("docs", "-rs")
    assert (status, nginx.lab.folder.exists()) == (0, False)
    assert "8 passed, 1 skipped" in said
    assert "docs/2-a-second-site.md:52: It would take the machine away from under the test." in said
    assert {each["status"] for each in evidence(nginx)["steps"]} == {"passed", "skipped"}


def test_a_failure_reads_like_one_of_the_page_and_the_rest_is_counted(nginx, run):
    change(nginx, "Hello from the web.\n```", "Hello from elsewhere.\n```")
    status, said = run("docs")
    assert (status, nginx.lab.folder.exists()) == (1, False)
    assert "docs/1-serve-a-page.md:22 (web): it did not print what docs/1-serve-a-page.md:26 says" in said
    assert "  - Hello from elsewhere.\n  + Hello from the web.\n" in said
    assert "1 failed, 2 passed, 6 skipped" in said
    assert "plugin.py" not in said


def test_one_failure_is_enough_with_x(run, nginx):
    change(nginx, "HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found")
    change(nginx, 'data-check="10s"', 'data-check="1s"')
    status, said = run("docs", "-x")
    assert (status, nginx.lab.folder.exists()) == (1, False)
    assert "stopping after 1 failures" in said


def test_steps_are_listed_without_a_lab(nginx, run):
    status, said = run("docs", "--collect-only", "-q")
    assert (status, "docs/2-a-second-site.md::30-host" in said, "9 tests collected" in said) == (0, True, True)
    assert not nginx.lab.folder.exists()


def test_steps_that_were_not_chosen_are_in_the_evidence_as_not_run(nginx, run):
    status, said = run("docs", "-k", "1-serve and 5-host")
    assert (status, "1 passed, 8 deselected" in said) == (0, True)
    assert [each["status"] for each in evidence(nginx)["steps"]] == ["passed"] + ["not-run"] * 8


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_removes_its_nodes(nginx, run, tmp_path, sign):
    change(nginx, "curl --silent --head", f"touch {tmp_path}/running; sleep 60; curl")
    process = run.start("docs")
    nginx.wait_for(tmp_path / "running")
    second = nginx("up")
    assert (second.returncode, "in use by process" in second.stderr) == (3, True)
    process.send_signal(sign)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, nginx.lab.folder.exists()) == (2, False)
    assert "KeyboardInterrupt" in out
    assert {each["status"] for each in evidence(nginx)["steps"]} == {"not-run"}


def test_a_lab_that_cannot_be_had_is_one_sentence(nginx, run):
    assert nginx("up").returncode == 0
    status, said = run("docs")
    assert (status, "The nodes are up already: " in said) == (3, True)


INVENTORY = """\
nodes:
  web: {{address: 10.10.0.10, user: {user}, key: {key}, known_hosts: {known_hosts}, sudo: {sudo}}}
"""


@pytest.fixture
def machine(nginx, run):
    """A machine that is only known by its address and its keys."""
    assert nginx("up").returncode == 0
    file = nginx.guide.root / "machines.yaml"
    keys = nginx.lab.keys

    def call(*arguments, user="root", sudo="false", key=keys.client, known_hosts=keys.known_hosts):
        file.write_text(INVENTORY.format(user=user, key=key, known_hosts=known_hosts, sudo=sudo))
        within = ["nsenter", f"--net={nginx.lab.namespace.path}"]
        return run("docs", "--guide-inventory", "machines.yaml", *arguments, within=within)

    return call


def on(nginx, command):
    node = nginx.lab.node("web")
    try:
        assert node.run(command, 60).status == 0
    finally:
        node.close()


def test_machines_by_ssh_do_what_nodes_of_our_own_do(nginx, machine):
    status, said = machine()
    assert status == 0, said
    assert "8 passed, 1 skipped" in said
    seen = evidence(nginx, "ssh-containerd-none")
    assert (seen["lane"]["provider"], seen["stand_ins"]) == ("ssh", [])
    assert nginx.lab.alive()


def test_a_user_may_become_root_by_sudo(nginx, machine):
    on(nginx, "useradd -m admin && cp -r ~/.ssh ~admin && chown -R admin: ~admin/.ssh")
    status, said = machine(user="admin", sudo="true")
    assert status == 3
    assert "web (10.10.0.10) does not let us in by SSH: sudo: a password is required" in said
    on(nginx, "echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin")
    status, said = machine(user="admin", sudo="true")
    assert (status, "8 passed, 1 skipped" in said) == (0, True), said


def test_a_key_that_the_machine_does_not_know_is_one_sentence(nginx, machine):
    other = nginx.lab.keys.host("web")
    status, said = machine(key=other)
    assert status == 3
    assert f"web (10.10.0.10) does not let us in by SSH: it does not accept the key {other} for root" in said


def test_a_host_key_that_changed_is_one_sentence(nginx, machine):
    on(nginx, "rm /etc/ssh/ssh_host_*; ssh-keygen -q -A; systemctl restart ssh")
    status, said = machine()
    assert status == 3
    assert "web (10.10.0.10) does not let us in by SSH: its host key is not the one in" in said


def test_a_host_key_that_nobody_vouched_for_is_refused(machine, tmp_path):
    (tmp_path / "known").touch()
    status, said = machine(known_hosts=tmp_path / "known")
    assert (status, f"its host key is not in {tmp_path}/known: put it there" in said) == (3, True)
