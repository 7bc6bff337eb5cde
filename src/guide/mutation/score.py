"""The mutation score: how many of the mutants that were tried were noticed."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from guide.mutation.verdict import Found, Verdict


@dataclass(frozen=True, slots=True)
class Score:
    """What a measurement gave.

    Attributes:
        verdicts: on every mutant that was tried, in the order of the guide.
        population: how many mutants there are.
        seed: of the choice among them.
        sample: how many were asked for, or None for all.
        labs: how many ran side by side.
        inputs: SHA-256 of every file that decides what is run, by path.
        started: when.
        seconds: how long it took.
    """

    verdicts: Sequence[Verdict]
    population: int
    seed: int
    sample: int | None
    labs: int
    inputs: Mapping[str, str]
    started: datetime
    seconds: float

    def of(self, found: Found) -> list[Verdict]:
        """Give the verdicts of one sort."""
        return [verdict for verdict in self.verdicts if verdict.found is found]

    @property
    def score(self) -> float | None:
        """The part that was noticed, from 0 to 1, of those whose trial proves anything; None if there is none."""
        noticed, unnoticed = len(self.of(Found.NOTICED)), len(self.of(Found.UNNOTICED))
        return round(noticed / (noticed + unnoticed), 4) if noticed + unnoticed else None

    def describe(self) -> dict[str, Any]:
        """Give it as it is written."""
        return {
            "score": self.score,
            "mutants": len(self.verdicts),
            "noticed": len(self.of(Found.NOTICED)),
            "unnoticed": [verdict.describe() for verdict in self.of(Found.UNNOTICED)],
            "broken": [verdict.describe() for verdict in self.of(Found.BROKEN)],
            "population": self.population,
            "seed": self.seed,
            "sample": self.sample,
            "labs": self.labs,
            "started": self.started.isoformat(timespec="seconds"),
            "seconds": round(self.seconds, 1),
            "inputs": self.inputs,
            "verdicts": [verdict.describe() for verdict in self.verdicts],
        }

    def write(self, build: Path) -> Path:
        """Write it into the folder of results, whole or not at all. Gives the file."""
        build.mkdir(parents=True, exist_ok=True)
        path = build / "mutation.json"
        beside = build / f".{path.name}.{os.getpid()}"
        beside.write_text(json.dumps(self.describe(), indent=1, ensure_ascii=False) + "\n")
        beside.replace(path)
        return path
