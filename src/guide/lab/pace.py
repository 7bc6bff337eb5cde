"""How fast nodes are: what pages say of deadlines is meant for a PC, and slower nodes get more time."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor

from guide.errors import LabError
from guide.node import Node

TIME_TO_MEASURE = 300.0  # seconds, of a machine that others let have next to nothing
# What a page's deadlines are meant for takes SECONDS_OF_A_PC for this: mostly starting programs, as steps do.
WORK = "TIMEFORMAT=%R; { time for ((i = 0; i < 100; i++)); do /bin/true; done; } 2>&1"
SECONDS_OF_A_PC = 0.25  # measured on two cores of a virtual machine: 0.13 when idle


def pace_of(names: Collection[str], node: Callable[[str], Node]) -> float:
    """Give how many times as long as pages say steps may take: the slowest node is that much slower than a PC.

    `node` opens a node. Raises LabError if one does not say how fast it is.
    """

    def seconds(name: str) -> float:
        opened = node(name)
        try:
            reply = opened.run(WORK, TIME_TO_MEASURE)
        finally:
            opened.close()
        try:
            return float(reply.output)
        except ValueError as error:
            raise LabError(f"{name} does not say how fast it is: {reply.output.strip() or reply.ending}") from error

    with ThreadPoolExecutor() as threads:  # as steps on one node find the other at work
        return max(1.0, *(each / SECONDS_OF_A_PC for each in threads.map(seconds, names)))
