"""Which lanes are wanted, and how the end of several counts as one."""

from collections.abc import Collection, Mapping, Sequence

from guide.errors import InputError, Status
from guide.plan import Lane

# What counts most of several lanes: a lane that somebody stopped proves nothing of the others' sum; a wrong guide
# is worth more than wrong input, and both more than a machine that could not do it.
ORDER = (Status.INTERRUPTED, Status.GUIDE_WRONG, Status.INPUT_WRONG, Status.NO_LAB, Status.HELD)


def combine(provider: str, runtimes: Sequence[str], versions: Sequence[str]) -> list[Lane]:
    """Give every lane of these runtimes and versions of Kubernetes. Raises InputError for one that is named twice."""
    lanes = [Lane(provider, runtime, version) for version in versions for runtime in runtimes]
    twice = next((lane for lane in lanes if lanes.count(lane) > 1), None)
    if twice:
        raise InputError(f"The lane {twice} is asked for twice: name each runtime and each version once.")
    return lanes


def refuse(lanes: Collection[Lane], jobs: int, alone: Mapping[str, bool]) -> None:
    """Raise InputError for what cannot be had together; `alone` has the options that one lane alone can have."""
    others = sorted({lane.provider for lane in lanes} - {"embedded"})
    if jobs > 1 and others:
        raise InputError(f"--jobs {jobs}: there is one pair of nodes by {others[0]}, so its lanes run one by one.")
    given = [name for name, value in alone.items() if value]
    if len(lanes) > 1 and given:
        raise InputError(f"{given[0]} is for one lane, and these are {len(lanes)}: name one runtime and one version.")


def worst(statuses: Sequence[Status]) -> Status:
    """Give the status of several lanes together."""
    return min(statuses, key=ORDER.index)
