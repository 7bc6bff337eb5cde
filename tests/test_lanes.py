"""Several lanes: which they are, what is refused, what their processes tell, and how they end together."""

import io
import json
import re
import subprocess
import sys
import time

import pytest
from rich.console import Console

from guide.children import Children
from guide.errors import InputError, Status
from guide.lanes.board import Board
from guide.lanes.crew import Job, run_lanes
from guide.lanes.index import index
from guide.lanes.told import Teller, Told, read_told
from guide.lanes.wanted import combine, refuse, worst
from guide.plan import Lane
from guide.run import Outcome, Result
from tests.fake import planned
from tests.test_cli import FENCE, call, says

__all__ = ["call"]
STEP = f'{FENCE}bash title="web"\nuptime\n{FENCE}\n'
TWO = ("--runtime", "containerd", "--runtime", "docker")
LANE = Lane("embedded", "containerd", "1.37.2")


def test_lanes_are_all_combinations():
    lanes = combine("embedded", ["containerd", "docker"], ["1.37.2", "1.36.3"])
    assert [str(lane) for lane in lanes] == [
        "embedded-containerd-1.37.2",
        "embedded-docker-1.37.2",
        "embedded-containerd-1.36.3",
        "embedded-docker-1.36.3",
    ]


@pytest.mark.parametrize(
    ("runtimes", "versions"), [(["docker", "docker"], ["1"]), (["containerd", "docker"], ["2", "1", "2"])]
)
def test_the_same_lane_twice_is_refused(runtimes, versions):
    with pytest.raises(InputError, match=r"The lane embedded-\w+-[12] is asked for twice"):
        combine("embedded", runtimes, versions)


def test_a_pair_of_nodes_is_not_shared_by_two_lanes_at_once():
    lanes = combine("vagrant", ["containerd", "docker"], ["1.37.2"])
    refuse(lanes, 1, {})
    with pytest.raises(InputError, match="--jobs 2: there is one pair of nodes by vagrant, so its lanes run one by"):
        refuse(lanes, 2, {})


def test_several_lanes_are_neither_kept_nor_resumed_nor_paused():
    given = {"--keep": False, "--resume": True, "--pause": False}
    refuse([LANE], 4, given)
    with pytest.raises(InputError, match="--resume is for one lane, and these are 2"):
        refuse(combine("embedded", ["containerd", "docker"], ["1.37.2"]), 1, given)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([Status.HELD, Status.HELD], Status.HELD),
        ([Status.NO_LAB, Status.GUIDE_WRONG, Status.HELD], Status.GUIDE_WRONG),
        ([Status.INPUT_WRONG, Status.NO_LAB], Status.INPUT_WRONG),
        ([Status.GUIDE_WRONG, Status.INPUT_WRONG], Status.GUIDE_WRONG),
        ([Status.HELD, Status.NO_LAB], Status.NO_LAB),
        ([Status.GUIDE_WRONG, Status.INTERRUPTED], Status.INTERRUPTED),
    ],
)
def test_the_worst_lane_decides(statuses, expected):
    assert worst(statuses) is expected


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--runtime", "docker", "--runtime", "docker"), "The lane embedded-docker-none is asked for twice"),
        ((*TWO, "--keep"), "--keep is for one lane, and these are 2: name one runtime and one version."),
        ((*TWO, "--resume"), "--resume is for one lane"),
        ((*TWO, "--pause", "docs/1-page.md:1"), "--pause is for one lane"),
        ((*TWO, "--jobs", "2", "--provider", "vagrant"), "--jobs 2: there is one pair of nodes by vagrant"),
        (("--jobs", "2", "--provider", "ssh"), "--jobs 2: there is one pair of nodes by ssh"),
        (("--jobs", "0"), "0 is not in the range x>=1"),
        ((*TWO, "--to", "7"), "There is no chapter 7 with steps"),
        (("--kubernetes", "9.9.9"), "There is no Kubernetes 9.9.9 in"),
        (("--kubernetes", "none", "--kubernetes", "9.9.9"), "There is no Kubernetes 9.9.9 in"),
    ],
)
def test_wrong_choices_of_lanes_are_told_before_anything_runs(guide, call, arguments, words):
    guide.page(STEP)
    done = call("verify", *arguments)
    says(done, 2, words)
    assert done.stdout == ""
    assert not (guide.root / "build").exists()


def tell(*things):
    out = io.StringIO()
    teller = Teller(out)
    for thing in things:
        thing(teller)
    return [read_told(line.encode()) for line in out.getvalue().splitlines()]


def test_what_a_lane_prints_is_told_line_by_line():
    said = tell(lambda teller: teller.write("one\ntw"), lambda teller: teller.write("o\nthree"))
    assert said == [Told(said="one"), Told(said="two")]


def test_what_a_lane_does_is_told_step_by_step():
    step = planned("echo one\necho two")
    said = tell(
        lambda teller: teller.pytest_guide_selected([step]),
        lambda teller: teller.pytest_guide_started(step),
        lambda teller: teller.pytest_guide_attempt(2, "exit 1"),
        lambda teller: teller.pytest_guide_finished(Outcome(step, Result.PASSED)),
    )
    assert said == [
        Told(planned=1),
        Told(doing="1.1 web: echo one"),
        Told(doing="1.1 web: echo one (attempt 3: exit 1)"),
        Told(result="passed"),
    ]


@pytest.mark.parametrize("line", ["Traceback: oh", '{"unknown": 1}', "[1]", "\x1b[1m"])
def test_a_line_that_is_not_told_is_for_people(line):
    assert read_told(line.encode() + b"\n") == Told(said=line)


def board(*names, terminal=False):
    out = io.StringIO()
    return Board(Console(file=out, force_terminal=terminal, width=80), names), out


def test_a_log_has_the_lanes_name_before_every_line_and_a_sum_for_each_in_the_end():
    shown, out = board("a", "bcd")
    for number in (0, 1):
        shown.begin(number)
        shown.told(number, Told(said=f"line {number}"))
        shown.told(number, Told(said=""))
        shown.told(number, Told(result="passed"))
    shown.told(1, Told(result="failed"))
    shown.end(0, Status.HELD)
    shown.end(1, Status.GUIDE_WRONG)
    shown.close()
    first, second, empty, *sums = out.getvalue().splitlines()
    assert (first, second, empty) == ("a    line 0", "bcd  line 1", "")
    assert [re.sub(r"[\d.]+ s", "N s", line) for line in sums] == [
        "a    held         1 passed in N s",
        "bcd  failed       1 passed, 1 failed in N s",
    ]


def test_a_terminal_has_a_living_line_for_each_and_the_last_words_of_one_that_fails():
    shown, out = board("first", "second", terminal=True)
    shown.begin(0)
    shown.told(0, Told(planned=4))
    shown.told(0, Told(result="passed"))
    shown.told(0, Told(doing="1.2 web: cat [x]"))
    text = Console(file=io.StringIO(), width=80)
    with text.capture() as captured:
        text.print(shown)
    [first, second] = captured.get().splitlines()
    assert re.fullmatch(r". first +1/4 1\.2 web: cat \[x\] +0:00", first.rstrip())
    assert re.fullmatch(r" +second +waits +0:00", second.rstrip())
    shown.told(0, Told(said="docs/1-page.md:7 (web): exit 1"))
    assert out.getvalue() == ""
    shown.end(0, Status.GUIDE_WRONG)
    assert out.getvalue() == "\nfirst\ndocs/1-page.md:7 (web): exit 1\n"


def test_a_lane_that_was_refused_or_never_came_to_run_is_in_the_sum():
    shown, out = board("a", "b")
    shown.refuse(0, "there is no shim")
    shown.close()
    assert out.getvalue().splitlines() == [
        "a  there is no shim",
        "",
        "a  no lab       nothing run",
        "b  interrupted  nothing run",
    ]


def test_the_index_leads_to_the_reports_of_lanes_that_have_one():
    shown, _ = board("a&b", "c")
    shown.begin(0)
    shown.told(0, Told(result="passed"))
    shown.end(0, Status.HELD)
    shown.refuse(1, "no")
    html = index(shown.lanes)
    assert '<a href="a&amp;b/index.html">a&amp;b</a>' in html
    assert html.count("<a ") == 1
    assert re.findall(r"<td>(held|no lab)</td>", html) == ["held", "no lab"]


@pytest.fixture
def lanes(monkeypatch, tmp_path):
    """Run Python programs in place of lanes, and give how they ended and what is shown."""

    def run(*programs, at_once=2):
        jobs = [(number, Job(LANE, "x", [program])) for number, program in enumerate(programs)]
        monkeypatch.setattr(Job, "command", property(lambda job: [sys.executable, "-c", *job.options]))
        shown, out = board(*map(str, range(len(programs))))
        return run_lanes(tmp_path, jobs, at_once, shown), shown, out.getvalue()

    return run


def test_a_lane_that_fails_does_not_stop_the_others(lanes):
    words = json.dumps({"said": "well"})
    held = f"import time; time.sleep(.3); print({words!r})"
    statuses, shown, out = lanes("import sys; sys.exit('oh')", held, "import os; os.kill(os.getpid(), 9)", at_once=3)
    assert statuses == [Status.GUIDE_WRONG, Status.HELD, Status.NO_LAB]
    assert [lane.status for lane in shown.lanes] == statuses
    assert sorted(out.splitlines()) == ["0  oh", "1  well"]


def test_so_many_lanes_run_at_once_as_wanted(lanes):
    # Each holds only while no other is there, or only when both are.
    alone = "import pathlib, time; p = pathlib.Path('here'); p.mkdir(); time.sleep(.2); p.rmdir()"
    assert lanes(alone, alone, at_once=1)[0] == [Status.HELD, Status.HELD]
    meet = "import pathlib, time; pathlib.Path('{}').touch()\nwhile not pathlib.Path('{}').exists(): time.sleep(.01)"
    assert lanes(meet.format("a", "b"), meet.format("b", "a"), at_once=2)[0] == [Status.HELD, Status.HELD]


def test_the_command_of_a_lane_is_one_that_the_front_door_takes():
    from guide.cli import guide

    name, *rest = Job(LANE, "containerd-1.37.2", ["--to", "1", "--yes", "--no-evidence"]).command[3:]
    made = guide.commands[name].make_context(name, rest)
    assert (made.params["label"], made.params["runtime"], made.params["last"]) == (
        "containerd-1.37.2",
        "containerd",
        1,
    )
    assert not made.params["evidence"]


def test_children_that_still_run_are_ended_in_order_and_none_is_begun(tmp_path):
    program = (
        "import pathlib, signal, time, sys\n"
        "def end(*_):\n    pathlib.Path('ended').touch()\n    sys.exit(130)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "pathlib.Path('running').touch()\ntime.sleep(60)\n"
    )
    begun = time.monotonic()
    with Children(1) as children:
        ended = children.submit(children.run, [sys.executable, "-c", program])
        waiting = children.submit(children.run, [sys.executable, "-c", "open('second', 'w')"])
        while not (tmp_path / "running").exists():
            time.sleep(0.01)
    assert ended.result() == 130
    assert waiting.cancelled()
    assert {path.name for path in tmp_path.iterdir()} == {"running", "ended"}
    assert time.monotonic() - begun < 30


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_lane_ends_when_the_one_who_started_it_is_gone(root):
    program = (
        "import time\nfrom guide.interrupt import take_signals_as_interrupts\n"
        "from guide.lanes.told import end_with_parent\n"
        "take_signals_as_interrupts()\nend_with_parent()\n"
        "try:\n    print('up', flush=True)\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('removed')\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(root / "src")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    assert process.communicate(timeout=20)[0] == "removed\n"


def test_a_lane_that_comes_to_its_end_does_not_wait_for_its_standard_input(root):
    program = "from guide.lanes.told import end_with_parent\nend_with_parent()\n"
    env = {"PYTHONPATH": str(root / "src")}
    process = subprocess.Popen([sys.executable, "-c", program], env=env, stdin=subprocess.PIPE)
    assert process.wait(20) == 0
