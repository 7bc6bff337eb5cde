"""What a person sees of a run, in a terminal and in a log."""

import io

import pytest
from rich.console import Console

from guide import live
from guide.console import Report
from guide.run import Outcome, Result
from guide.step import Kind
from tests.fake import planned

PASSING, FAILING = planned("hostname"), planned("look\nagain", kind=Kind.CHECK, seconds=30)
PROBLEM = "docs/1-page.md:7 (web): it did not print what docs/1-page.md:9 says\n$ look\n  again\n  - yes\n  + no [x]"


def report(environ=None, **options):
    file = io.StringIO()
    return Report(Console(file=file, **options), environ or {}), file


def tell(report):
    report.pytest_guide_selected(plan=[PASSING, FAILING])
    report.pytest_guide_started(planned=PASSING)
    report.pytest_guide_finished(outcome=Outcome(PASSING, Result.PASSED, 0.5, 1))
    report.pytest_guide_started(planned=FAILING)
    report.pytest_guide_attempt(attempts=1, problem="it did not print yes")
    report.pytest_guide_finished(outcome=Outcome(FAILING, Result.FAILED, 30.0, 9, problem=PROBLEM))
    report.pytest_sessionfinish()


def test_a_log_gets_plain_lines():
    told, file = report(width=80)
    tell(told)
    assert file.getvalue().split("\n") == [
        "",
        "docs/1-page.md",
        "  ✓ 1.1    0.50 s  web                 hostname",
        "  ✗ 1.1    30.0 s  web                 look …",
        "",
        *PROBLEM.split("\n"),
        "",
        "",
    ]


def test_the_log_of_a_job_has_groups_and_the_failure_beside_its_line():
    told, file = report({"GITHUB_ACTIONS": "true"}, width=40)
    tell(told)
    lines = file.getvalue().split("\n")
    assert lines[0] == "::group::docs/1-page.md"
    assert lines[-2] == "::endgroup::"
    [error] = [line for line in lines if line.startswith("::error ")]
    assert error.startswith(
        "::error file=docs/1-page.md,line=7,title=1.1 web::docs/1-page.md:7 (web): it did not print"
    )
    assert error.endswith("%0A  - yes%0A  + no [x]")
    assert PROBLEM.split("\n")[-1] not in lines


def test_a_group_ends_where_the_next_begins():
    told, file = report({"GITHUB_ACTIONS": "true"})
    for page in ("docs/1-a.md", "docs/2-b.md"):
        told._begin_page(page)
    told.pytest_sessionfinish()
    assert file.getvalue().split("\n")[:-1] == [
        "::group::docs/1-a.md",
        "::endgroup::",
        "::group::docs/2-b.md",
        "::endgroup::",
    ]


def test_a_difference_is_coloured_in_a_terminal():
    told, file = report(force_terminal=True, width=80, color_system="standard")
    tell(told)
    assert "\x1b[31m  - yes\x1b[0m" in file.getvalue()
    assert "\x1b[32m  + no [x]\x1b[0m" in file.getvalue()
    assert file.getvalue().rfind("\x1b[?25h") > file.getvalue().rfind("\x1b[?25l"), "the cursor is not back"


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is set."""

    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(live, "time", clock)
    return clock


def lines(running, width):
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    with console.capture() as caught:
        console.print(running)
    seen = caught.get().split("\n")[:-1]
    assert all(len(line) <= width for line in seen)
    return [line.rstrip() for line in seen]


def test_the_living_lines_show_step_time_and_progress(clock):
    running = live.Running([PASSING, FAILING])
    assert lines(running, 80)[0].endswith("0/2 steps  page 1 of 1  0:00")
    running.start(PASSING)
    clock.now += 1.25
    first, second, bar = lines(running, 80)
    assert first[1:] == " 1.1 web  hostname"
    assert second == "  running 1.2 s of 60 s"
    assert bar.endswith("0/2 steps  page 1 of 1  0:01")
    running.finish()
    assert lines(running, 80)[2].endswith("1/2 steps  page 1 of 1  0:01")


@pytest.mark.parametrize("width", [40, 80, 160])
def test_the_living_lines_show_what_a_check_waits_for_in_any_width(clock, width):
    running = live.Running([PASSING, FAILING])
    running.start(FAILING)
    clock.now += 75
    running.attempt(4, "it did not print " + "a very long line " * 20)
    first, second, bar = lines(running, width)
    assert first[1:] == " 1.1 web  look"
    assert second.startswith("  waiting 75.0 s of 30 s, attempt 5: it")
    assert second.endswith("…")
    assert bar.endswith("0/2 steps  page 1 of 1  1:15")


def test_the_next_step_forgets_what_the_one_before_waited_for(clock):  # noqa: ARG001 - it stands
    running = live.Running([PASSING, FAILING])
    running.start(FAILING)
    running.attempt(1, "it did not print yes")
    running.start(PASSING)
    assert lines(running, 80)[1] == "  running 0.0 s of 60 s"


def test_how_much_of_a_download_is_there_is_shown_where_there_is_a_terminal():
    told, file = report(width=80, force_terminal=True)
    told.started("kubelet 1.37.2")
    told.reached("kubelet 1.37.2", 43_200_000)
    told.still()
    assert "Preparing kubelet 1.37.2: 43 MB" in file.getvalue()
    told, file = report(width=80)
    told.reached("kubelet 1.37.2", 43_200_000)
    told.noted("etcd is built here: [no] way to it")
    assert file.getvalue() == "  etcd is built here: [no] way to it\n"
