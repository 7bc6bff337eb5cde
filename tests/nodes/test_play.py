"""`play` in a terminal, on real nodes."""

import pytest

from tests.nodes.conftest import CONTROL_PLANE, step

ENTER, INTERRUPT = "\r", "\x03"


@pytest.fixture
def chapters(call):
    """A guide of two chapters."""
    mkdocs = (call.guide.root / "mkdocs.yml").read_text()
    call.guide.write("mkdocs.yml", mkdocs.replace("[1-page.md]", "[1-a.md, 2-b.md]"))
    call.guide.page(step("export SAID=before; cd /tmp"), "docs/1-a.md")
    second = '# Second\n\nSome prose.\n\n??? question "Who?"\n\n    You.\n\n'
    call.guide.page(second + step('echo "$SAID in $PWD"') + step("hostname; sleep 600", "kube-node"), "docs/2-b.md")
    return call


def test_a_chapter_is_played_on_nodes_that_are_at_its_start(chapters, sit):
    terminal = sit("play", "2")
    terminal.read_until("Enter shows the answer")
    assert "Some prose." in terminal.text
    assert "You." not in terminal.text
    terminal.press(ENTER)
    terminal.read_until("(?s)You[.].*step 1 of 2.*Enter runs it")
    terminal.press(ENTER)
    terminal.read_until("(?s)before in /tmp.*✓.*step 2 of 2.*shell on kube-node")
    terminal.press("!")
    terminal.read_until("root@kube-node")
    # An interrupt before the program runs may leave bash without its terminal: bash would then end.
    terminal.type("sh -c 'echo runs-$((40 + 2)); exec sleep 600'")
    terminal.read_until("runs-42")
    terminal.press(INTERRUPT)
    terminal.read_until("root@kube-node")
    terminal.type("echo still-$((40 + 2)); exit")
    terminal.read_until("(?s)still-42.*Enter runs it")
    terminal.press("q")
    assert terminal.end() == 0
    assert not chapters.lab.folder.exists()
    assert not (chapters.guide.root / "build/evidence").exists()


@pytest.mark.parametrize("when", ["at a prompt", "while a step runs"])
def test_an_interrupt_leaves_nothing_behind(chapters, sit, when):
    terminal = sit("play", "2")
    for words in ("Enter shows", "(?s)step 1 of 2.*Enter runs", "(?s)step 2 of 2.*Enter runs"):
        terminal.read_until(words)
        if "step 2" in words and when == "at a prompt":
            break
        terminal.press(ENTER)
    if when == "while a step runs":
        terminal.read_until("2.2 kube-node: hostname")
    terminal.press(INTERRUPT)
    assert terminal.end() == 130
    assert not chapters.lab.folder.exists()


def test_kept_nodes_stay_and_a_run_goes_on_with_them(call, sit):
    call.guide.page(step("export NAME=value") + step('[ "$NAME" = value ]'))
    terminal = sit("play", "1", "--keep")
    terminal.read_until("Enter runs")
    terminal.press(ENTER)
    terminal.read_until("(?s)step 2 of 2.*Enter runs")
    terminal.press("q")
    assert terminal.end() == 0
    done = call("verify", "--resume")
    assert (done.returncode, "1 passed" in done.stdout or "2 passed" in done.stdout) == (0, True), done.stdout


def test_an_earlier_chapter_that_fails_is_told(chapters, sit):
    chapters.guide.page(step("ls /nowhere", CONTROL_PLANE), "docs/1-a.md")
    terminal = sit("play", "2")
    terminal.read_until(r"Chapter 2 cannot begin\.\s+docs/1-a.md:1 \(kube-control-plane\): exit 2, expected 0")
    assert terminal.end() == 1
    assert not chapters.lab.folder.exists()


def test_without_a_terminal_it_says_so_before_nodes_are_made(chapters):
    done = chapters("play", "2")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "This needs a terminal to show in and keys to wait for; ./guide verify runs without one.\n"


def test_a_chapter_that_is_not_there(chapters):
    done = chapters("play", "7")
    assert (done.returncode, done.stderr) == (2, "There is no chapter 7 with steps; chapters: 1, 2.\n")
