"""Looking for what no waiting heals."""

import time

import pytest

from guide.hopeless import Watch
from guide.node import Ending, Reply
from tests.fake import Clock, FakeNode, SlowNode, bash, done


def test_what_a_command_prints_is_found_under_its_name():
    node = FakeNode(done(status=1), done("etcd.service: Failed\nmore\n"))
    watch = Watch({"a pod": "look at pods", "a unit failed": "look at units"}, lambda: node)
    assert watch.look() == "a unit failed: etcd.service: Failed"
    assert [command.partition("\n")[2] for command, _ in node.asked] == ["look at pods", "look at units"]


@pytest.mark.parametrize(
    "reply",
    [done("text", status=1), done("\n"), Reply(Ending.LOST, None, "text"), Reply(Ending.TIMEOUT, None, "text")],
)
def test_what_fails_or_is_lost_or_prints_nothing_finds_nothing(reply):
    assert Watch({"x": "look"}, lambda: FakeNode(reply)).look() == ""


def test_the_second_look_keeps_a_distance():
    node = FakeNode(done())
    watch = Watch({"x": "look"}, lambda: node)
    watch.look()
    watch.look()
    assert len(node.asked) == 1


def test_looks_on_a_slow_node_take_a_small_part_of_its_time(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("guide.hopeless.time", clock)
    node = SlowNode(clock, 5, done(), done())
    watch = Watch({"x": "look"}, lambda: node)
    watch.look()
    clock.now += 49
    watch.look()
    assert len(node.asked) == 1
    clock.now += 2
    watch.look()
    assert len(node.asked) == 2


def test_a_look_knows_since_when_it_matters(tmp_path):
    with bash(tmp_path) as node:
        watch = Watch({"since": 'echo "$since"'}, lambda: node)
        watch.changed = time.monotonic() - 7
        assert 7 <= float(watch.look().removeprefix("since: ")) < 8


def test_no_node_is_opened_for_nothing():
    def never():
        raise AssertionError

    watch = Watch({}, never)
    assert watch.look() == ""
    watch.close()


def test_its_shell_is_closed():
    node = FakeNode(done())
    watch = Watch({"x": "look"}, lambda: node)
    watch.look()
    watch.close()
    assert node.closed
