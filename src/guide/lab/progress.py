"""Who is told of the parts that are made or downloaded."""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Who is told what is being made."""

    def started(self, name: str) -> None:
        """`name` is being made, or waited for."""
        ...

    def reached(self, name: str, size: int) -> None:
        """So many bytes of `name` are there."""
        ...

    def finished(self, name: str, seconds: float) -> None:
        """`name` is there; it took `seconds`."""
        ...

    def noted(self, words: str) -> None:
        """Something went otherwise than was asked for, and goes on."""
        ...


def told(progress: Progress, name: str, make: Callable[[], T]) -> T:
    """Make something, and tell of it."""
    progress.started(name)
    start = time.monotonic()
    result = make()
    progress.finished(name, time.monotonic() - start)
    return result
