"""The starts of chapters that a lab has kept, and which of them is still where the guide leads."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from guide.errors import GuideError
from guide.plan import Planned
from guide.progress import Place


def called(chapter: int) -> str:
    """Give the name under which the start of a chapter is kept."""
    return f"chapter-{chapter}"


def before(plan: Sequence[Planned], chapter: int) -> list[Planned]:
    """Give the steps that lead to the start of a chapter."""
    return [each for each in plan if each.chapter is not None and each.chapter < chapter]


def latest(
    kept: Mapping[str, Path], place: Callable[[Path], Place], plan: Sequence[Planned], chapter: int
) -> int | None:
    """Give the last chapter, up to one, whose start is kept and was reached by what stands on the pages now.

    `place` reads the notes in a folder. None if there is none.
    """
    chapters = {each.chapter for each in plan if each.chapter is not None and each.chapter <= chapter}
    for each in sorted(chapters, reverse=True):
        if called(each) in kept and holds(place(kept[called(each)]), before(plan, each)):
            return each
    return None


def holds(place: Place, wanted: Sequence[Planned]) -> bool:
    """Tell whether exactly these steps have passed, by the notes, and neither they nor their files have changed."""
    try:
        passed = place.passed(wanted, dict)
    except GuideError:
        return False
    return len(passed) == len(wanted)
