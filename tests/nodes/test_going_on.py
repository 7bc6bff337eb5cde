"""Nodes that stay: going on where a run stopped, going to a chapter, and a person at a terminal."""

import json
import subprocess

from guide.commands.common import shell_like
from tests.nodes.conftest import CONTROL_PLANE, step


def evidence(call):
    [path] = (call.guide.root / "build/evidence").glob("*.json")
    return json.loads(path.read_text())


def test_a_run_goes_on_where_it_stopped_in_the_same_shells(call):
    waiting = call.guide.root / "waiting"
    call.guide.page(
        step("cd /tmp; export NAME=value")
        + step("export HERE=yes", "host")
        + step(f"ls {waiting}", "host")
        + step('[ "$NAME $PWD" = "value /tmp" ]')
        + step('[ "$HERE" = yes ]', "host")
    )
    assert call("verify", "--keep").returncode == 1
    waiting.touch()
    done = call("verify", "--resume")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1.1" not in done.stdout
    assert "3 passed" in done.stdout
    assert [each["status"] for each in evidence(call)["steps"]] == ["passed"] * 5
    assert call.lab.alive()


def test_going_on_is_refused_on_nodes_that_are_new_or_not_there(call):
    call.guide.page(step("true"))
    assert "There are no nodes to go on with" in call("verify", "--resume").stderr
    assert call("up").returncode == 0
    done = call("verify", "--resume")
    assert done.returncode == 3
    assert "These nodes have no run to go on with" in done.stdout


def test_goto_brings_clean_nodes_to_a_chapter_and_a_shell_there_knows_what_the_run_knew(call):
    pages = (call.guide.root / "mkdocs.yml").read_text().replace("[1-page.md]", "[1-a.md, 2-b.md, 3-c.md]")
    call.guide.write("mkdocs.yml", pages)
    for page in ("1-a", "2-b", "3-c"):
        call.guide.page(step(f"touch /root/{page}; export LAST={page}; cd /tmp"), f"docs/{page}.md")
    assert call("goto", "3").returncode == 0
    assert not list((call.guide.root / "build").rglob("evidence/*.json"))
    node = call.lab.node(CONTROL_PLANE)
    assert node.run("ls /root", 5).output == "1-a\n2-b\n"
    node.close()
    asked = subprocess.run(
        shell_like(call.lab, CONTROL_PLANE), input='echo "$LAST in $PWD"', capture_output=True, text=True, check=True
    )
    assert "2-b in /tmp" in asked.stdout
    assert call("goto", "1").returncode == 0  # clean ones in their place
    node = call.lab.node(CONTROL_PLANE)
    assert node.run("ls /root", 5).output == ""
    node.close()


def test_a_run_pauses_with_a_shell_on_the_node_and_goes_on_after_it(call, sit):
    call.guide.page(step("echo one >/root/made") + step("cat /root/made", attributes=""))
    terminal = sit("verify", "--pause", "docs/1-page.md:5")
    terminal.read_until("the run goes on")
    terminal.type("echo two >>/root/made; echo typed-$((40 + 2))")
    terminal.read_until("typed-42")
    terminal.type("exit")
    assert terminal.end() == 0
    assert evidence(call)["steps"][1]["output"] == "one\ntwo\n"


def test_a_failure_offers_a_shell_on_its_node(call, sit):
    call.guide.page(step("touch /root/there") + step("ls /nowhere", "kube-node"))
    terminal = sit("verify")
    terminal.read_until("Look around on kube-node")
    terminal.type("y")
    terminal.read_until("the run ends")
    terminal.type("echo I am on $(hostname)")
    terminal.read_until("I am on kube-node")
    terminal.type("exit 0")
    assert terminal.end() == 1
    assert not call.lab.folder.exists()


def test_a_pause_without_a_terminal_is_refused_before_nodes_are_made(call):
    call.guide.page(step("true"))
    done = call("verify", "--pause", "docs/1-page.md:1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--pause opens a shell, and there is no terminal for it" in done.stderr


def test_a_pause_where_no_step_is_is_refused(call):
    call.guide.page(step("true"))
    for place, words in (
        ("docs/1-page.md:99", "its last is in line 1"),
        ("nowhere.md:1", "the page has none"),
        ("x", "no place"),
    ):
        done = call("verify", "--pause", place)
        assert done.returncode == 2
        assert words in done.stderr
