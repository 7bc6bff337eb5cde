"""Steps as a plain script, run by bash on shells of this machine."""

import os
import subprocess
import time
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from guide.expect import matches
from guide.export import export
from guide.page import Location
from guide.plan import Lane, Planned
from guide.project import open_project
from guide.step import Kind, Output, Step

LANE = Lane("embedded", "containerd", "1.2.3")
FLUID = (IPv4Network("172.17.0.0/16"),)
BASH = ("", ["bash", "--norc", "--noprofile"])


def make(command, output=None, line=1, node="web", how=(), **values):
    where = Location("docs/1-page.md", line)
    said = Output(Location("docs/1-page.md", line + 4), output, "raw" in how, "unordered" in how)
    step = Step(where, node, command, output=None if output is None else said, **values)
    return Planned(step, 1, 1)


@pytest.fixture
def run(tmp_path):
    """Run steps as a script."""

    def run_script(*steps, web=BASH):
        text = export(steps, LANE, {"thing": "1.2.3"}, {"web": web, "db": BASH}, FLUID)
        (tmp_path / "steps.sh").write_text(text)
        return subprocess.run(
            ["bash", "steps.sh"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
        )

    return run_script


def test_steps_run_in_order_in_one_shell_a_node(run, tmp_path):
    (tmp_path / "sub").mkdir()
    done = run(
        make('cd sub; NAME=value; f() { echo "$1"; }'),
        make("NAME=other", node="db"),
        make('f "$NAME in ${PWD##*/}"', "value in sub"),
        make("echo $NAME in ${PWD##*/}", f"other in {tmp_path.name}", node="db"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "docs/1-page.md:1\nweb$ cd sub" in done.stdout
    assert "Every step held" in done.stdout


def test_it_says_what_it_is_made_from(run, tmp_path):
    run(make("true"))
    head = (tmp_path / "steps.sh").read_text().split("\n")[:5]
    assert "chapter 1" in head[1]
    assert head[2] == "# Lane: embedded-containerd-1.2.3. Versions: thing 1.2.3."


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (make("ls /nowhere; true", line=7), "docs/1-page.md:7 (web): exit 2, expected 0"),
        (make("true", exit=3, line=7), "docs/1-page.md:7 (web): exit 0, expected 3"),
        (make("echo a", "b", line=7), "docs/1-page.md:7 (web): it did not print what the page says"),
        (make("sleep 60", seconds=1, line=7), "docs/1-page.md:7 (web): no end within 1 s"),
        (make("echo bye; exit 0", line=7), "docs/1-page.md:7 (web): the shell or the node is gone: bye"),
        (make("kill -KILL $$", line=7), "docs/1-page.md:7 (web): the shell or the node is gone"),
        (make("echo a", "b", kind=Kind.CHECK, seconds=1, line=7), "docs/1-page.md:7 (web): it did not print"),
        (make("false", kind=Kind.CHECK, seconds=1, line=7), "docs/1-page.md:7 (web): exit 1, expected 0"),
    ],
)
def test_a_step_that_fails_ends_it_with_page_and_line(run, tmp_path, step, problem):
    done = run(make("echo first"), step, make("touch never", node="db"))
    assert done.returncode == 1
    assert problem in done.stderr
    assert "first" in done.stdout
    assert not (tmp_path / "never").exists()


def test_a_node_that_nobody_reaches_is_told(run):
    done = run(make("true", line=7), web=("", ["false"]))
    assert (done.returncode, "docs/1-page.md:7 (web): the shell or the node is gone" in done.stderr) == (1, True)


def test_a_check_is_repeated_until_it_holds(run):
    done = run(make("n=$((n + 1)); echo $n", "3", kind=Kind.CHECK, seconds=30))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_check_holds_so_many_times_in_a_row(run, tmp_path):
    run(make("echo x >>seen; [ $(wc --lines <seen) != 2 ]", kind=Kind.CHECK, seconds=30, times=3))
    assert (tmp_path / "seen").read_text() == "x\n" * 5


def test_another_status_is_expected_where_the_page_says_so(run):
    assert run(make("(exit 28)", exit=28)).returncode == 0


def test_a_shell_begins_with_what_it_is_told(run):
    assert run(make("echo $NAME", "value"), web=("NAME=value", BASH[1])).returncode == 0


def test_a_command_gets_no_standard_input_and_keeps_its_bytes(run):
    command = "cat\ncat <<'END'\n$HOME `x` \"q\" 's' \\ \\n\tt\nEND\nprintf no-newline"
    done = run(make(command, "$HOME `x` \"q\" 's' \\ \\n\tt\nno-newline"), make("echo next", "next"))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_skipped_step_tells_why(run):
    done = run(make("exit 1", skip="it would end all"))
    assert (done.returncode, "web: not run: it would end all" in done.stdout) == (0, True)


def test_shellcheck_finds_nothing(root):
    project = open_project(root)
    lane = project.lane("embedded", "containerd")
    reach = dict.fromkeys(project.names, BASH)
    for steps in ([make("true")], project.plan(lane)):
        text = export(steps, lane, {}, {"web": BASH, **reach}, FLUID)
        checked = subprocess.run(["shellcheck", "-"], input=text, capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stdout) == (0, "")


def test_an_interrupt_leaves_no_process_and_no_file(tmp_path):
    text = export([make("sleep 987653 & echo $! >pid; mv pid running; wait")], LANE, {}, {"web": BASH}, FLUID)
    (tmp_path / "steps.sh").write_text(text)
    (tmp_path / "tmp").mkdir()
    env = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen(["bash", "steps.sh"], cwd=tmp_path, env=env, stdout=subprocess.DEVNULL) as process:
        end = time.monotonic() + 30
        while not (tmp_path / "running").exists():
            assert time.monotonic() < end
            time.sleep(0.02)
        process.terminate()
        assert process.wait(30) == 130
    assert list((tmp_path / "tmp").iterdir()) == []
    sleeping = Path("/proc", (tmp_path / "running").read_text().strip())
    while sleeping.exists():
        assert time.monotonic() < end
        time.sleep(0.02)


OUTPUTS = [
    ('"name: \\"a b\\" id: ..."', '"name: \\"a b\\" id: 7"\n'),
    ('"name: \\"a b\\" id: ..."', '"name: "a b" id: 7"\n'),
    ("ok", "ok\n"),
    ("ok", "not ok\n"),
    ("ok", "ok\nmore\n"),
    ("", "\n"),
    ("", "x"),
    ("a ... b", "a much more b"),
    ("a ... b", "a b"),
    ("a ... b", "ab"),
    ("to 10.1.... now", "to 10.1.79.43 now"),
    ("to 10.1.... now", "to 10.2.79.43 now"),
    ("a\n...\nz", "a\nz"),
    ("a\n...\nz", "a\n\nc\nz\n"),
    ("a\n...\nz", "a\nb\n"),
    ("...\nz", "\n\na\nz"),
    ("NAME   AGE\nx      3s", "NAME          AGE\n  x             2m10s   \n"),
    ("nginx-6d5f7b8c9-x2zvb Running", "nginx-7c9f8d5b6-bq4tl Running"),
    ("nginx-6d5f7b8c9-x2zvb", "nginx"),
    ("pod 172.17.0.2", "pod 172.17.3.44"),
    ("pod 172.17.0.2", "pod 172.18.0.2"),
    ("at 2026-01-02T03:04:05Z", "at 2027-12-31T23:59:59.123+02:00"),
    ("25879975-fe93-4212-9f72-ba8ec6e8f69f", "00000000-0000-4000-8000-0123456789ab"),
    ("id 902db92406cb1998", "id f47e9451336832b7"),
    ("id 902db92406cb1998", "id none"),
    ("v1.37.2", "v1x37x2"),
    ("(a|b)* [x] {1} $y ^ ? + \\ 'q' \"d\"", "(a|b)* [x] {1} $y ^ ? + \\ 'q' \"d\""),
    ("a-b #c &d ~e", "a-b #c &d ~e\n"),
    ("ünï ...", "ünï cödé"),
]
SPECIAL = [
    (("raw",), r" +\d net:\[\d+\]", "      2 net:[4026532]  \n"),
    (("raw",), r" +\d net:\[\d+\]", "2 net:[4026532]\n"),
    (("raw",), r"\d+" + "\n...\n(?:a|b)", "12\nx\ny\nb\n"),
    (("unordered",), "a\nb", "b\na\n"),
    (("unordered",), "a\nb", "b\nb\n"),
    (("unordered",), "a\na", "a\nb\n"),
    (("unordered",), "a\na", "a\na\n"),
    (("unordered",), "a\nb", "b\na\nc\n"),
    (("unordered",), "a\n...\nb", "b\nc\na\n"),
    (("raw", "unordered"), r"\d" + "\nx", "x\n5\n"),
]


@pytest.mark.parametrize(("how", "wanted", "seen"), [*(((), *each) for each in OUTPUTS), *SPECIAL])
def test_the_script_and_the_engine_agree_on_an_output(run, tmp_path, how, wanted, seen):
    (tmp_path / "seen").write_text(seen)
    step = make("cat seen", wanted, how=how)
    held = matches(step.step.output, seen, FLUID)
    done = run(step)
    assert (done.returncode == 0) == held, done.stderr
    assert held or "it did not print" in done.stderr
