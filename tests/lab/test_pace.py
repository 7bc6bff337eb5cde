import pytest

from guide.errors import LabError
from guide.lab.pace import SECONDS_OF_A_PC, pace_of
from guide.node import Ending, Reply


class Stopwatch:
    name = "a node"

    def __init__(self, said):
        self.said = said
        self.closed = 0

    def run(self, _command, _seconds):
        return Reply(Ending.DONE if self.said else Ending.TIMEOUT, 0, self.said)

    def close(self):
        self.closed += 1


@pytest.mark.parametrize(("times", "pace"), [((0.5, 0.9), 1.0), ((0.5, 3.0), 3.0), ((7.0, 3.0), 7.0)])
def test_the_slowest_node_decides_and_none_is_hurried(times, pace):
    nodes = {name: Stopwatch(f"{SECONDS_OF_A_PC * each}\n") for name, each in zip("ab", times, strict=True)}
    assert pace_of(nodes, nodes.__getitem__) == pytest.approx(pace)
    assert [node.closed for node in nodes.values()] == [1, 1]


@pytest.mark.parametrize(("said", "words"), [("what?", "what?"), ("", "timeout")])
def test_a_node_that_does_not_say_is_named(said, words):
    nodes = {"a": Stopwatch("0.1"), "b": Stopwatch(said)}
    with pytest.raises(LabError, match=f"^b does not say how fast it is: .*{words}"):
        pace_of(nodes, nodes.__getitem__)
    assert nodes["b"].closed == 1
