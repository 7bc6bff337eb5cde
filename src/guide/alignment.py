"""How what was expected lies beside what was seen: the cheapest way to make one from the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

ABSORBED = 0.01  # what it costs to leave a seen part to an elision; any other change costs about 1
ALIKE = 0.001  # how much cheaper a change is where both have words in common


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """An expected line or word.

    Attributes:
        item: the line or word.
        takes: numbers of seen parts, from a place on, that it fits.
        likeness: how much it has in common with the seen part at a place, from 0 to 1.
        elides: whether it stands for any number of parts.
    """

    item: T
    takes: Callable[[int], Sequence[int]] = lambda _: ()
    likeness: Callable[[int], float] = lambda _: 0.0
    elides: bool = False


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """An expected line or word, or None, with the places of seen ones beside it, and whether it fits them."""

    item: T | None
    seen: range
    fits: bool = False


def align(wanted: Sequence[Part[T]], count: int) -> list[Pair[T]]:
    """Give the cheapest pairs of expected parts and `count` seen ones, in order; dropped parts are left out."""
    costs = [[0.0] * (count + 1) for _ in range(len(wanted) + 1)]
    ways: list[list[tuple[int, int]]] = [[(0, 0)] * (count + 1) for _ in range(len(wanted) + 1)]
    for i in range(len(wanted), -1, -1):
        for j in range(count, -1, -1):
            if i == len(wanted) and j == count:
                continue
            ways_on = [(cost + costs[i + di][j + dj], di, dj) for cost, di, dj in moves(wanted, i, j, count)]
            costs[i][j], *way = min(ways_on)
            ways[i][j] = (way[0], way[1])
    return follow(wanted, ways, count)


def moves(wanted: Sequence[Part[T]], i: int, j: int, count: int) -> list[tuple[float, int, int]]:
    """Give what can be done at a place: cost, and how many expected and seen parts it takes."""
    found = [(1.0, 0, 1)] if j < count else []
    if i == len(wanted):
        return found
    part = wanted[i]
    if part.elides:
        return [(0.0, 1, 0), *([(ABSORBED, 0, 1)] if j < count else [])]
    found.append((1.0, 1, 0))
    if j < count:
        taken = part.takes(j)
        found += [(ABSORBED * (number - min(taken)), 1, number) for number in taken]
        found += [] if taken else [(1.0 - ALIKE * part.likeness(j), 1, 1)]
    return found


def follow(wanted: Sequence[Part[T]], ways: list[list[tuple[int, int]]], count: int) -> list[Pair[T]]:
    """Give the pairs along the ways that were chosen."""
    pairs: list[Pair[T]] = []
    i = j = absorbed = 0
    while i < len(wanted) or j < count:
        di, dj = ways[i][j]
        part = wanted[i] if i < len(wanted) else None
        if part and part.elides and not di:
            absorbed += dj
        elif part and part.elides:
            pairs.append(Pair(part.item, range(j - absorbed, j), fits=True))
            absorbed = 0
        elif dj:
            item = part.item if part and di else None
            pairs.append(Pair(item, range(j, j + dj), fits=bool(part and di and part.takes(j))))
        i, j = i + di, j + dj
    return pairs
