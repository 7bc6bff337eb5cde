"""What the site shows of evidence, as HTML: the templates of proof.html, filled in."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2

from guide.console import duration
from guide.errors import InputError
from guide.run import Result


@dataclass(frozen=True, slots=True)
class Score:
    """How many of the mistakes that were put into the guide its steps noticed.

    Attributes:
        score: the part that was noticed, from 0 to 1.
        mutants: how many mistakes were tried.
        noticed: how many of them a step noticed.
        started: when.
    """

    score: float
    mutants: int
    noticed: int
    started: datetime


def read_score(path: Path) -> Score | None:
    """Read what `./guide mutate` found, or give None where it was not run. Raises InputError if it is damaged."""
    if not path.exists():
        return None
    try:
        raw = json.loads(path.read_text())
        started = datetime.fromisoformat(raw["started"])
        return Score(float(raw["score"]), int(raw["mutants"]), int(raw["noticed"]), started)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"build/{path.name}: this score is damaged ({error!r}); it is not used") from error


def day(when: datetime) -> str:
    """Give a date as people read it."""
    return f"{when.day} {when:%B %Y}"


def minute(when: datetime) -> str:
    """Give a time as people read it."""
    return f"{day(when)}, {when:%H:%M} UTC"


def percent(part: float) -> str:
    """Give a part in per cent, and never more than it is."""
    return f"{int(part * 1000) / 10:g} %"


def render(name: str, *values: Any) -> str:
    """Give the HTML of one macro of proof.html."""
    module: Any = TEMPLATE.module
    return str(getattr(module, name)(*values))


ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
)
ENVIRONMENT.globals |= {
    "day": day,
    "minute": minute,
    "percent": percent,
    "duration": duration,
    "results": [str(result) for result in (Result.PASSED, Result.FAILED, Result.SKIPPED, Result.NOT_RUN)],
}
TEMPLATE = ENVIRONMENT.get_template("proof.html")
