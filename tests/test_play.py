"""A chapter played to somebody whose keys come from a list, on shells of this machine."""

import io
from contextlib import nullcontext

import pytest
from rich.console import Console

from guide.errors import LabError
from guide.node import Ending, Reply
from guide.play.player import Audience, Player
from guide.play.scene import read_scenes
from guide.play.stage import Stage
from guide.project import open_project
from guide.session import Session
from tests.fake import FakeLab, FakeNode, done, local_bash

FENCE = "```"


def step(command, output=None, title="web", attributes=""):
    text = f'{FENCE}{{ .bash title="{title}" {attributes} }}\n{command}\n{FENCE}\n\n'
    return text + (f'{FENCE}text title="Output"\n{output}\n{FENCE}\n\n' if output is not None else "")


class Person:
    """Presses keys from a list, and remembers what the screen showed before each."""

    def __init__(self, keys):
        self.screen = io.StringIO()
        self.seen = []
        self.shells = []
        self.forgot = 0
        self._keys = list(keys)

    def look(self):
        self.seen.append("\n".join(line.rstrip() for line in self.screen.getvalue().split("\n")))
        self.screen.seek(0)
        self.screen.truncate()

    def press(self):
        self.look()
        return self._keys.pop(0)

    def forget(self):
        self.forgot += 1

    def lent(self):
        return nullcontext()


@pytest.fixture
def play(guide, tmp_path):
    """Play a page to a person, and give both and whether no step was left failing."""

    def run(text, keys, lab=None, height=100):
        guide.page(text)
        project = open_project(guide.root)
        lane = project.lane("embedded", "containerd")
        plan = project.plan(lane)
        person = Person(keys)
        console = Console(file=person.screen, width=80, height=height, legacy_windows=False)
        stage = Stage(console, person, person.shells.append)
        lab = lab or FakeLab(lambda name: local_bash(name, tmp_path))
        audience = Audience()
        session = Session(project, lane, lab, audience, None)
        try:
            scenes = read_scenes(project.pages[0], plan, lane)
            held = Player(stage, session, audience, "1. Start", plan).play(scenes)
        finally:
            session.close()
        person.look()
        return held, person

    return run


def test_prose_then_the_command_then_on_enter_its_real_output(play):
    held, person = play("# Hello\n\nSome *prose*.\n\n" + step("echo $((6 * 7))", "..."), ["\r", "\r"])
    before, after, _ = person.seen
    assert held
    assert "Hello" in before
    assert "Some prose." in before
    assert "1. Start · step 1 of 1 · " in before
    assert "─ web ─" in before
    assert "echo $((6 * 7))" in before
    assert "Enter runs it" in before
    assert "42\n" not in before
    assert "42\n✓ " in after
    assert "The end of 1. Start" in after


def test_nothing_runs_before_enter(play, tmp_path):
    play(step("touch ran"), ["?", "!", "q"])
    assert not (tmp_path / "ran").exists()


def test_an_answer_comes_when_one_asks_for_it(play):
    _, person = play('??? question "Who?"\n\n    Me.\n', ["\r", "\r"])
    assert ("? Who?" in person.seen[0], "Me." in person.seen[0], "Me." in person.seen[1]) == (True, False, True)


def test_the_shell_is_on_the_node_of_the_command_that_comes(play):
    _, person = play(step("true") + step("true", title="db"), ["!", "\r", "!", "\r", "\r"])
    assert person.shells == ["web", "db"]
    assert "! shell on db" in person.seen[2]


def test_a_command_of_two_nodes_runs_on_both_and_names_them(play):
    held, person = play(step("echo hi", title="web, db"), ["\r", "\r"])
    assert held
    assert "─ web, db ─" in person.seen[0]
    assert ("web:\nhi\n" in person.seen[1], "db:\nhi\n" in person.seen[1]) == (True, True)


def test_a_check_is_repeated_until_it_holds_and_says_so(play):
    _, person = play(step("n=$((n + 1)); test $n = 3", attributes='data-check="9s"'), ["\r", "\r"])
    assert "repeated until it holds, for 9 s at most" in person.seen[0]
    assert "at attempt 3" in person.seen[1]


def test_a_step_that_fails_is_shown_and_can_be_tried_again(play):
    command = "if [ -e file ]; then echo good; else touch file; echo bad; fi"
    held, person = play(step(command, "good"), ["\r", "\r", "\r"])
    assert held
    assert "docs/1-page.md:1 (web): it did not print what docs/1-page.md:5 says" in person.seen[1]
    assert "+ bad" in person.seen[1]
    assert "Enter tries again" in person.seen[1]
    assert "good\n✓ " in person.seen[2]


def test_one_who_quits_while_a_step_fails_leaves_it_failing(play):
    assert not play(step("false"), ["\r", "q"])[0]
    assert play(step("true") + step("true"), ["\r", "q"])[0]


def test_keys_that_are_pressed_while_a_step_runs_are_forgotten(play):
    _, person = play(step("true") + step("true"), ["\r", "\r", "\r"])
    assert person.forgot == 2


def test_a_terminal_that_goes_away_ends_the_play(play, tmp_path):
    play(step("touch ran"), [""])
    assert not (tmp_path / "ran").exists()


def test_a_skipped_step_says_why(play):
    _, person = play(step("reboot", attributes='data-skip="it would end all"'), ["\r"])
    assert "not run: it would end all" in person.seen[0]


def test_a_node_that_is_lost_ends_the_play(play):
    lab = FakeLab(lambda name: FakeNode(Reply(Ending.LOST, None, ""), name=name))
    with pytest.raises(LabError, match="the node was lost"):
        play(step("true"), ["\r"], lab)


def test_nodes_are_closed_in_the_end(play):
    node = FakeNode(done())
    play(step("true"), ["\r", "\r"], FakeLab(lambda _: node))
    assert node.closed


def test_a_screenful_at_a_time_and_nothing_is_lost(play):
    text = "\n\n".join(f"line {number}" for number in range(40))
    _, person = play(text + "\n", ["\r"] * 6, height=22)
    assert all(seen.count("\n") <= 22 for seen in person.seen)
    lines = "\n".join(person.seen).split("\n")
    assert [line for line in lines if line.startswith("line ")] == [f"line {number}" for number in range(40)]


def test_what_looks_like_markup_is_shown_as_it_is(play):
    _, person = play(step("echo '[red]x[/red]'"), ["\r", "\r"])
    assert "[red]x[/red]\n✓ " in person.seen[1]
