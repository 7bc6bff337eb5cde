import pytest

from guide.node import Ending, Reply
from guide.page import Location
from guide.run import Result, run_step
from guide.step import Kind, Output
from tests.fake import Clock, FakeNode, SlowNode, done, planned


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("guide.run.time", clock)
    return clock


def test_a_step_that_ends_as_expected_passes():
    node = FakeNode(done("hello\n"))
    outcome = run_step(planned("echo hello", output=Output(Location("docs/1-page.md", 9), "hello")), node)
    assert (outcome.result, outcome.attempts, node.asked[0][0]) == (Result.PASSED, 1, "echo hello")


def test_a_step_is_never_run_twice():
    node = FakeNode(done(status=1), done())
    outcome = run_step(planned("rm file"), node)
    assert (outcome.result, len(node.asked)) == (Result.FAILED, 1)


def test_a_check_is_repeated_until_it_holds():
    node = FakeNode(done(status=1), done("no\n"), done("yes\n"))
    check = planned("look", kind=Kind.CHECK, seconds=5, output=Output(Location("docs/1-page.md", 9), "yes"))
    outcome = run_step(check, node)
    assert (outcome.result, outcome.attempts) == (Result.PASSED, 3)


def test_a_check_gives_up_when_its_time_is_over_and_says_so():
    outcome = run_step(planned("look", kind=Kind.CHECK, seconds=0.3), FakeNode(done("nothing\n", status=1)))
    assert outcome.result is Result.FAILED
    first, command, output = outcome.problem.split("\n")
    assert first.startswith("docs/1-page.md:7 (web): exit 1, expected 0, after ")
    assert first.endswith("attempts in 0.3 s")
    assert (command, output) == ("$ look", "  nothing")


def test_each_attempt_gets_only_the_time_that_is_left():
    node = FakeNode(done(status=1))
    run_step(planned("look", kind=Kind.CHECK, seconds=0.3), node)
    given = [seconds for _, seconds in node.asked]
    assert given == sorted(given, reverse=True)
    assert given[0] <= 0.3


def test_another_exit_status_is_expected_where_the_page_says_so():
    assert run_step(planned("false", exit=1), FakeNode(done(status=1))).result is Result.PASSED
    assert run_step(planned("true", exit=1), FakeNode(done())).problem.startswith(
        "docs/1-page.md:7 (web): exit 0, expected 1"
    )


def test_a_failure_within_several_lines_names_the_command():
    reply = Reply(Ending.DONE, 2, "out\n", failed="ls /nowhere")
    outcome = run_step(planned("ls /nowhere\necho out"), FakeNode(reply))
    assert outcome.problem == (
        "docs/1-page.md:7 (web): exit 2, expected 0 in: ls /nowhere\n$ ls /nowhere\n  echo out\n  out"
    )


def test_a_timeout_shows_place_command_and_partial_output():
    outcome = run_step(planned("slow", seconds=2), FakeNode(Reply(Ending.TIMEOUT, None, "so far\n")))
    assert outcome.problem == "docs/1-page.md:7 (web): no end within 2 s\n$ slow\n  so far"


def test_a_node_that_is_gone_is_told_apart_from_a_command_that_fails():
    outcome = run_step(planned("look", kind=Kind.CHECK), FakeNode(Reply(Ending.LOST, None, "")))
    assert outcome.lost
    assert outcome.attempts == 1
    assert outcome.problem.startswith("docs/1-page.md:7 (web): the node was lost")


def test_a_skipped_step_is_not_run_and_keeps_its_reason():
    node = FakeNode()
    outcome = run_step(planned("reboot", skip="it would take the node away"), node)
    assert (outcome.result, outcome.problem, node.asked) == (Result.SKIPPED, "it would take the node away", [])


def test_a_check_may_have_to_hold_several_times_in_a_row():
    node = FakeNode(done(), done(), done(status=1), done(), done(), done())
    outcome = run_step(planned("look", kind=Kind.CHECK, seconds=5, times=3), node)
    assert (outcome.result, outcome.attempts) == (Result.PASSED, 6)


def test_a_check_that_does_not_hold_often_enough_says_so():
    outcome = run_step(planned("look", kind=Kind.CHECK, seconds=0.5, times=100), FakeNode(done()))
    assert outcome.result is Result.FAILED
    assert f"it held {outcome.attempts} times in a row, expected 100" in outcome.problem


def test_a_check_of_a_command_that_is_not_there_is_not_repeated():
    node = FakeNode(Reply(Ending.DONE, 127, "bash: kubctl: command not found\n", failed="kubctl get pods"))
    outcome = run_step(planned("kubctl get pods", kind=Kind.CHECK), node)
    assert outcome.attempts == 1
    assert outcome.problem.startswith(
        "docs/1-page.md:7 (web): exit 127, expected 0, after 1 attempt; "
        "not waited for until 60 s were over, as there is no such command: kubctl get pods"
    )


def test_a_missing_command_may_be_what_the_page_expects():
    step = planned("kubctl", kind=Kind.CHECK, exit=127)
    assert run_step(step, FakeNode(done(status=127))).result is Result.PASSED


def test_a_wait_ends_at_what_no_waiting_heals():
    found = iter(["", "a unit failed: etcd.service"])
    outcome = run_step(planned("look", kind=Kind.CHECK), FakeNode(done(status=1)), hopeless=lambda: next(found))
    assert outcome.attempts == 3
    assert "as a unit failed: etcd.service\n$ look" in outcome.problem


def test_nothing_is_hopeless_about_a_check_that_holds():
    def never():
        raise AssertionError

    assert run_step(planned("look", kind=Kind.CHECK), FakeNode(done()), hopeless=never).result is Result.PASSED


def test_every_attempt_that_lacks_something_is_told():
    heard = []
    node = FakeNode(done(status=1), done(status=2), done())
    run_step(planned("look", kind=Kind.CHECK), node, told=lambda *words: heard.append(words))
    assert heard == [(1, "exit 1, expected 0"), (2, "exit 2, expected 0")]


def test_attempts_are_told_but_for_the_last():
    heard = []
    check = planned("look", kind=Kind.CHECK, seconds=5, output=Output(Location("docs/1-page.md", 9), "a\nyes"))
    run_step(check, FakeNode(done(status=1), done("a\n"), done("a\nyes\n")), told=lambda *told: heard.append(told))
    assert heard == [(1, "exit 1, expected 0"), (2, "it did not print yes")]
    run_step(planned("false"), FakeNode(done(status=1)), told=lambda *told: heard.append(told))
    assert len(heard) == 2


def test_what_came_too_much_is_told_by_the_place_of_the_output():
    heard = []
    check = planned("look", kind=Kind.CHECK, seconds=5, output=Output(Location("docs/1-page.md", 9), "yes"))
    run_step(check, FakeNode(done("yes\nno\n"), done("yes\n")), told=lambda *told: heard.append(told))
    assert heard == [(1, "it did not print what docs/1-page.md:9 says")]


@pytest.mark.parametrize(
    ("pace", "pauses"),
    [
        (1, [0.1, 0.15, 0.225]),  # a PC is asked often, however long it takes to answer
        (20, [2.0, 3.0, 4.5]),
        (200, [6.0, 6.0, 6.0]),  # never left alone for longer than three attempts take
    ],
)
def test_a_slow_node_is_asked_less_often(clock, pace, pauses):
    node = SlowNode(clock, 2, done(status=1), done(status=1), done(status=1), done())
    outcome = run_step(planned("look", kind=Kind.CHECK, seconds=60), node, pace=pace)
    assert (outcome.result, outcome.attempts) == (Result.PASSED, 4)
    assert clock.slept == pytest.approx(pauses)


def test_a_slow_node_is_asked_once_more_before_the_time_is_up(clock):
    node = SlowNode(clock, 10, done(status=1), done(status=1))
    outcome = run_step(planned("look", kind=Kind.CHECK, seconds=0.022), node, pace=1000)
    assert (outcome.result, outcome.attempts) == (Result.FAILED, 2)
    assert clock.now < 33
