"""Exported chapters of the guide, run from the lab's host shell as a reader would."""

import re

import pytest

from guide.project import open_project


@pytest.fixture
def script(copy, tmp_path):
    """Run an exported script on clean nodes."""

    def run(change=lambda text: text):
        exported = copy("export", "1", "--from", "0")
        assert (exported.returncode, exported.stderr) == (0, "")
        path = tmp_path / "steps.sh"
        path.write_text(change(exported.stdout))
        assert copy("up").returncode == 0
        host = copy.lab.node("host")
        try:
            return host.run(f"bash {path}", 300)
        finally:
            host.close()

    return run


def test_two_chapters_hold_as_a_script(script, root):
    reply = script()
    assert reply.status == 0, reply.output
    project = open_project(root)
    plan = project.plan(project.lane("embedded", "containerd"))
    ran = [line for line in reply.output.split("\n") if line.startswith("docs/")]
    assert ran == [str(each.step.where) for each in plan if each.chapter in (0, 1)]
    assert "Welcome to nginx!" in reply.output


def test_a_broken_step_ends_the_script_with_page_and_line(script):
    command = "cp /vagrant/config/kubelet-config.yaml /etc/kubernetes"
    reply = script(lambda text: text.replace(command, command.replace("kubelet-config", "no-config")))
    assert reply.status == 1
    last = reply.output.rstrip().split("\n")[-1]
    assert re.fullmatch(
        r"docs/1-runtime-and-kubelet.md:\d+ \(snippets/.*:\d+\) \(kube-control-plane\): exit 1, expected 0", last
    )
