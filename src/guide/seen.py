"""Evidence read back: what runs of the guide have seen, and what is wrong with a file that says so."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from guide.errors import InputError
from guide.plan import Lane
from guide.run import Result
from guide.step import LANE_TABS

CLOCKS = timedelta(minutes=5)  # by which two machines' clocks may differ
REPORTED = ("finished", "diagnostics")  # what the report needs beside the fields of Run
REPORTED_OF_STEP = ("line", "snippet", "kind", "exit", "attempts", "output")


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one step in a run. `problem` says why it failed or was skipped."""

    page: str
    label: str
    node: str
    command: str
    result: Result
    seconds: float
    problem: str


@dataclass(frozen=True, slots=True)
class Run:
    """One lane's run, as its evidence has it; the fields are those of `Evidence`; `raw` is all of it, as written."""

    lane: Lane
    versions: dict[str, str]
    images: dict[str, str]
    stand_ins: tuple[str, ...]
    sources: dict[str, str]
    inputs: dict[str, str]
    started: datetime
    seconds: float
    steps: tuple[Seen, ...]
    raw: dict[str, Any]

    def count(self, result: Result) -> int:
        """Give how many steps came to a result."""
        return sum(step.result == result for step in self.steps)


def read_runs(
    folder: Path, pages: Collection[str], kubernetes: Collection[str], now: datetime
) -> tuple[list[Run], list[str]]:
    """Give the runs in a folder of evidence, and what is wrong with files that are not used, for people.

    `pages` are the pages that the guide has, `kubernetes` the versions that it can run, `now` is the time.
    """
    runs: list[Run] = []
    wrong: list[str] = []
    for path in sorted(folder.glob("*.json")):
        name = f"{folder.parent.name}/{folder.name}/{path.name}"
        try:
            run = read_run(path)
            check(run, path.stem, pages, kubernetes, now)
        except InputError as error:
            wrong.append(f"{name}: {error}; it is not used. Remove it, or run ./guide verify again.")
        else:
            runs.append(run)
    return runs, wrong


def read_run(path: Path) -> Run:
    """Read evidence. Raises InputError if it is not what a run writes."""
    try:
        raw = json.loads(path.read_text())
        started = datetime.fromisoformat(raw["started"])
        if started.tzinfo is None:
            raise ValueError(f"started is {raw['started']}, without a time zone")
        require(raw, REPORTED)
        return Run(
            lane=Lane(*(str(raw["lane"][name]) for name in ("provider", "runtime", "kubernetes"))),
            versions=words(raw["versions"]),
            images=words(raw["images"]),
            stand_ins=tuple(str(each) for each in raw["stand_ins"]),
            sources=words(raw["sources"]),
            inputs=words(raw["inputs"]),
            started=started,
            seconds=float(raw["seconds"]),
            steps=tuple(read_step(each) for each in raw["steps"]),
            raw=raw,
        )
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"this evidence is damaged ({error})") from error
    except KeyError as error:
        raise InputError(f"this evidence is damaged ({error} is missing)") from error


def words(raw: dict[str, Any]) -> dict[str, str]:
    """Give a mapping of words to words."""
    return {str(name): str(value) for name, value in raw.items()}


def require(raw: dict[str, Any], names: Collection[str]) -> None:
    """Raise KeyError unless all names are there."""
    for name in names:
        raw[name]


def read_step(raw: dict[str, Any]) -> Seen:
    """Give one step's outcome."""
    require(raw, REPORTED_OF_STEP)
    return Seen(
        page=str(raw["page"]),
        label=str(raw["label"]),
        node=str(raw["node"]),
        command=str(raw["command"]),
        result=Result(raw["status"]),
        seconds=float(raw["seconds"]),
        problem=str(raw.get("problem", "")),
    )


def check(run: Run, name: str, pages: Collection[str], kubernetes: Collection[str], now: datetime) -> None:
    """Raise InputError for evidence that says nothing of this guide."""
    lane = run.lane
    if str(lane) != name:
        raise InputError(f"this evidence is of the lane {lane}, and not of the one that its name says")
    if LANE_TABS.get(lane.provider) != "provider" or LANE_TABS.get(lane.runtime) != "runtime":
        raise InputError(f"there is no lane {lane} any more")
    if lane.kubernetes not in kubernetes:
        raise InputError(f"there is no lane {lane} any more: the guide has {', '.join(sorted(kubernetes))}")
    if not any(step.page in pages for step in run.steps):
        raise InputError("this evidence is of another guide: none of its pages is here")
    if run.started > now + CLOCKS:
        raise InputError(f"this evidence is from the future ({run.started:%Y-%m-%d %H:%M} UTC)")
