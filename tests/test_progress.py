"""Going on where a run stopped, on a small guide whose nodes are shells of this machine."""

import json

import pytest

from guide.errors import Status
from guide.run import Result
from guide.runner import Choice, run_pytest
from tests.fake import FakeLab, local_bash
from tests.test_plugin import Watcher, step


class Machine:
    """A shell of this machine, with the boot that a test gives it."""

    def __init__(self, name, folder, boot):
        self.name = name
        self._shell = local_bash(name, folder)
        self._folder = folder
        self._boot = boot

    def run(self, command, seconds):
        ours = command.replace("/proc/sys/kernel/random/boot_id", str(self._boot))
        return self._shell.run(ours.replace("/run/guide-shell", str(self._folder / f"{self.name}-shell")), seconds)

    def close(self):
        self._shell.close()


class Runs:
    """Runs a guide on nodes that stay."""

    def __init__(self, guide, folder, capsys):
        self._guide = guide
        self._folder = folder
        self._capsys = capsys
        self._state = folder / "lab"
        self._state.mkdir()
        self.boot = folder / "boot"
        self.boot.write_text("first\n")
        self.notes = self._state / "progress.jsonl"

    def __call__(self, **choice):
        watcher = Watcher()
        lab = FakeLab(lambda name: Machine(name, self._folder, self.boot))
        status = run_pytest(
            self._guide.root, "docs", Choice("containerd", state=self._state, **choice), [lab, watcher]
        )
        return status, watcher, self._capsys.readouterr()


@pytest.fixture
def run(guide, tmp_path, capsys):
    return Runs(guide, tmp_path, capsys)


def commands(watcher):
    return [outcome.planned.step.command for outcome in watcher.outcomes if outcome.result is not Result.NOT_RUN]


def test_a_run_goes_on_at_the_step_that_failed_in_the_same_shell(guide, run):
    guide.page(
        step("cd docs; export NAME=value; list=(a b)")
        + step("ls ../made")
        + step('echo "$NAME ${list[1]} ${PWD##*/}"', output="value b docs")
    )
    status, watcher, _ = run()
    assert (status, watcher.results) == (Status.GUIDE_WRONG, [Result.PASSED, Result.FAILED, Result.NOT_RUN])
    guide.write("made", "")
    status, watcher, _ = run(resume=True)
    assert (status, commands(watcher)) == (Status.HELD, ["ls ../made", 'echo "$NAME ${list[1]} ${PWD##*/}"'])
    evidence = json.loads((guide.root / "build/evidence/embedded-containerd-none.json").read_text())
    assert [each["status"] for each in evidence["steps"]] == ["passed"] * 3
    assert evidence["steps"][0]["command"] == "cd docs; export NAME=value; list=(a b)"


def test_prose_may_change_and_so_may_what_comes_later(guide, run):
    guide.page(step("true") + step("false"))
    run()
    guide.page("New words.\n\n" + step("true") + step("echo mended"))
    status, watcher, _ = run(resume=True)
    assert (status, commands(watcher)) == (Status.HELD, ["echo mended"])


def test_an_earlier_step_that_is_another_one_now_is_refused(guide, run):
    guide.page(step("echo one") + step("false"))
    run()
    guide.page("Words.\n\n" + step("echo two") + step("true"))
    status, watcher, _ = run(resume=True)
    assert (status, watcher.outcomes) == (Status.INPUT_WRONG, [])
    assert "docs/1-page.md:3 is not the step that has passed there ('echo one'): run it again" in watcher.given_up


def test_a_file_that_an_earlier_step_used_is_refused_when_it_has_changed(guide, run):
    guide.write("script/inner.sh", "echo inner\n")
    guide.write("script/start.sh", ". script/inner.sh\n")
    guide.page(step(f"cd {guide.root}; . script/start.sh", output="inner") + step("false"))
    run()
    guide.write("script/inner.sh", "echo other\n")
    status, watcher, _ = run(resume=True)
    assert status is Status.INPUT_WRONG
    assert "script/inner.sh has changed since docs/1-page.md:1 used it" in watcher.given_up


def test_what_nodes_are_made_from_is_refused_when_it_has_changed(guide, run):
    guide.page(step("true") + step("false"))
    run()
    guide.write("config/versions.yaml", "thing: 1.2.4\ngo: 1.26.6\ndebian: trixie\nimages: {}\n")
    status, watcher, _ = run(resume=True)
    assert status is Status.INPUT_WRONG
    assert "config/versions.yaml has changed, and the nodes are made from it" in watcher.given_up


def test_nodes_that_have_rebooted_are_refused(guide, run):
    guide.write("script/start.sh", "systemd-run() { true; }\nsystemd-run --unit=thing sleep 9\n")
    guide.page(step(f"cd {guide.root}; . script/start.sh") + step("false"))
    run()
    run.boot.write_text("second\n")
    status, watcher, _ = run(resume=True)
    assert (status, watcher.outcomes) == (Status.NO_LAB, [])
    assert "web has rebooted since, and what was started on it is gone (thing): run it again" in watcher.given_up


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda notes: notes.unlink(), "These nodes have no run to go on with"),
        (lambda notes: notes.write_text(notes.read_text() + "{"), "is damaged"),
        (lambda notes: notes.write_text(""), "is damaged"),
    ],
)
def test_notes_that_are_missing_or_damaged_are_refused(guide, run, damage, words):
    guide.page(step("true") + step("false"))
    run()
    damage(run.notes)
    status, watcher, _ = run(resume=True)
    assert status is Status.NO_LAB
    assert words in watcher.given_up


def test_notes_of_another_lane_are_refused(guide, run):
    guide.page(step("true") + step("false"))
    run()
    run.notes.write_text(run.notes.read_text().replace("embedded-containerd-none", "embedded-containerd-1.0"))
    status, watcher, _ = run(resume=True)
    assert status is Status.INPUT_WRONG
    assert "These nodes have run embedded-containerd-1.0, not embedded-containerd-none" in watcher.given_up


def test_a_run_that_is_complete_has_nothing_left_to_do(guide, run):
    guide.page(step("true"))
    run()
    status, watcher, _ = run(resume=True)
    assert (status, commands(watcher)) == (Status.HELD, [])


def test_a_page_that_changes_while_it_runs_gives_no_evidence(guide, run):
    guide.page(step(f"echo >>{guide.root}/docs/1-page.md"))
    status, _, said = run()
    assert status is Status.INPUT_WRONG
    assert "docs/1-page.md was changed while the guide was run" in said.err
    assert not list((guide.root / "build/evidence").iterdir())


def test_a_run_pauses_before_the_step_at_a_place(guide):
    guide.page(step("echo one") + step("echo two") + step("echo three"))
    seen = []

    class Watching(Watcher):
        def pytest_guide_paused(self, planned):
            seen.append((planned.step.command, len(self.outcomes)))

    watcher = Watching()
    lab = FakeLab(lambda name: local_bash(name, guide.root))
    status = run_pytest(guide.root, "docs", Choice("containerd", pause="docs/1-page.md:4"), [lab, watcher])
    assert (status, seen) == (Status.HELD, [("echo two", 1)])
