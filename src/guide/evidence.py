"""What was seen, written down: the outcomes of a lane's run, and digests of all that the run used."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from guide.plan import Lane, Planned
from guide.run import Outcome, Result


@dataclass(frozen=True, slots=True)
class Evidence:
    """One run of a lane.

    Attributes:
        lane: which.
        versions: what the nodes are made of, by name.
        images: references of container images, by name.
        stand_ins: what was not the real thing, in words.
        sources: where what the nodes are made of came from, by name, in words.
        inputs: SHA-256 of every file that decides what is run, by path in the project.
        started: when.
        finished: when.
        outcomes: of every step, in order.
        diagnostics: files in which nodes speak of themselves after a failure, by path in the folder of results.
    """

    lane: Lane
    versions: dict[str, str]
    images: dict[str, str]
    stand_ins: tuple[str, ...]
    inputs: dict[str, str]
    started: datetime
    finished: datetime
    outcomes: Sequence[Outcome]
    diagnostics: tuple[str, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)


def describe_step(planned: Planned) -> dict[str, Any]:
    """Give a step as scripts read it, without an outcome."""
    step = planned.step
    return {
        "page": step.where.page,
        "line": step.where.line,
        "chapter": planned.chapter,
        "node": step.node,
        "command": step.command,
        "kind": str(step.kind),
        "label": planned.label,
        "snippet": step.where.snippet,
        "skip": step.skip,
    }


def describe_outcome(outcome: Outcome) -> dict[str, Any]:
    """Give a step with what became of it, as scripts read it."""
    reply = outcome.reply
    return {
        **describe_step(outcome.planned),
        "status": str(outcome.result),
        "exit": reply.status if reply else None,
        "seconds": round(outcome.seconds, 4),
        "attempts": outcome.attempts,
        "output": reply.output if reply else "",
        "problem": outcome.problem,
    }


def describe(evidence: Evidence) -> dict[str, Any]:
    """Give evidence as it is written."""
    return {
        "lane": asdict(evidence.lane),
        "versions": evidence.versions,
        "images": evidence.images,
        "stand_ins": list(evidence.stand_ins),
        "sources": evidence.sources,
        "inputs": evidence.inputs,
        "started": evidence.started.isoformat(timespec="milliseconds"),
        "finished": evidence.finished.isoformat(timespec="milliseconds"),
        "seconds": round((evidence.finished - evidence.started).total_seconds(), 3),
        "diagnostics": list(evidence.diagnostics),
        "steps": [describe_outcome(outcome) for outcome in evidence.outcomes],
    }


def write_evidence(evidence: Evidence, folder: Path) -> Path:
    """Write evidence into a folder, under the lane's name, whole or not at all. Gives the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{evidence.lane}.json"
    beside = folder / f".{path.name}.{os.getpid()}"
    beside.write_text(json.dumps(describe(evidence), indent=1, ensure_ascii=False) + "\n")
    beside.replace(path)
    return path


def chapters(evidence: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Give the pages of evidence, as it is written, each with its steps."""
    return [(page, list(steps)) for page, steps in groupby(evidence["steps"], lambda step: str(step["page"]))]


def counted(steps: list[dict[str, Any]]) -> dict[str, int]:
    """Give how many steps have which status, without statuses that none has."""
    return {str(result): number for result in Result if (number := sum(step["status"] == result for step in steps))}


def complete(steps: list[dict[str, Any]]) -> bool:
    """Tell whether every step passed, but for those that are not meant to run."""
    return counted(steps).keys() <= {Result.PASSED, Result.SKIPPED}


def facts(evidence: dict[str, Any]) -> list[tuple[str, str]]:
    """Give what the run was about, as names and values."""
    kinds = {"lane": "lane", "versions": "version of", "images": "image", "sources": "source of"}
    named = [(f"{kind} {name}", value) for key, kind in kinds.items() for name, value in evidence[key].items()]
    return [*named, *(("stand-in", words) for words in evidence["stand_ins"])]


def shown(step: dict[str, Any]) -> list[str]:
    """Give what a step's problem shows below the command: a difference, or the end of what it printed."""
    below = step["problem"].split("\n")[1 + len(step["command"].split("\n")) :]
    return [line.removeprefix("  ") for line in below]


def digest_inputs(root: Path, folders: Sequence[str]) -> dict[str, str]:
    """Give the SHA-256 of every file below `folders` of a project, by path."""
    files = sorted(path for folder in folders for path in (root / folder).rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def now() -> datetime:
    """Give the time, in UTC."""
    return datetime.now(UTC)
