"""How far nodes that stay up have come, written down beside them, so that a later run can go on from there."""

import hashlib
import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guide.errors import InputError, LabError
from guide.evidence import describe_outcome
from guide.files import Mentions, files
from guide.node import HOST, Ending, Node, Reply, rebooted
from guide.plan import Lane, Planned
from guide.run import Outcome, Result

FILE = "progress.jsonl"
TIME = 10.0  # seconds that a node gets to answer a question of ours
UNIT = re.compile(r"--unit=([\w-]+)")
BOOT = "cat /proc/sys/kernel/random/boot_id"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run of a lane keeps note of how far it has come.

    Attributes:
        folder: the lab's own, which goes with the nodes.
        root: the guide's.
        lane: what is run.
        config: the folder with what nodes are made from.
        mentions: which files a command names.
    """

    folder: Path
    root: Path
    lane: Lane
    config: str
    mentions: Mentions

    @property
    def file(self) -> Path:
        """The file with the notes."""
        return self.folder / FILE

    def begin(self, boots: Mapping[str, str], plan: Sequence[Planned]) -> None:
        """Note that nothing has been run yet on nodes that have booted as `boots` says."""
        head = {"lane": str(self.lane), "boots": dict(boots), "files": self._unmentioned(plan)}
        self.file.write_text(json.dumps(head) + "\n")

    def note(self, outcome: Outcome) -> None:
        """Note a step that has passed."""
        planned = outcome.planned
        line = {"step": identity(planned), "files": self._used(planned), "outcome": describe_outcome(outcome)}
        with self.file.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _used(self, planned: Planned) -> dict[str, str]:
        return {path: digest(self.root / path) for path in self.mentions.of(planned.step.command)}

    def _unmentioned(self, plan: Sequence[Planned]) -> dict[str, str]:
        """Give what the nodes are made from: files of the configuration that no step uses by itself."""
        used = {path for planned in plan for path in self.mentions.of(planned.step.command)}
        return {path: digest(self.root / path) for path in files(self.root, [self.config]) if path not in used}

    def passed(self, plan: Sequence[Planned], boots: Callable[[], Mapping[str, str]]) -> list[Outcome]:
        """Give the outcomes of the steps that have passed on these nodes, in the order of the plan.

        Raises InputError if a page or a file that they use is another one now, LabError if the nodes are not those
        that they were run on.
        """
        try:
            head, *lines = [json.loads(line) for line in self.file.read_text().splitlines()]
        except FileNotFoundError as error:
            raise LabError("These nodes have no run to go on with: start one by ./guide verify --keep.") from error
        except ValueError as error:
            raise LabError(
                f"{self.file} is damaged ({error}): start again by ./guide down and verify --keep."
            ) from error
        again = "run it again from the start by ./guide down and verify"
        if head["lane"] != str(self.lane):
            raise InputError(f"These nodes have run {head['lane']}, not {self.lane}: {again}.")
        for path, known in head["files"].items():
            if digest(self.root / path) != known:
                raise InputError(f"{path} has changed, and the nodes are made from it: {again}.")
        outcomes = []
        for number, line in enumerate(lines):
            if number >= len(plan) or identity(plan[number]) != line["step"]:
                gone = line["outcome"]
                place = plan[number].step.where if number < len(plan) else f"{gone['page']}:{gone['line']}"
                raise InputError(f"{place} is not the step that has passed there ({gone['command']!r}): {again}.")
            for path, known in line["files"].items():
                if digest(self.root / path) != known:
                    raise InputError(f"{path} has changed since {plan[number].step.where} used it: {again}.")
            outcomes.append(restored(plan[number], line["outcome"]))
        for name, boot in boots().items():
            if head["boots"].get(name) != boot:
                raise LabError(f"{rebooted(name, started(self.file, self.root, name))}: {again}.")
        return outcomes


def started(notes: Path, root: Path, name: str) -> list[str]:
    """Give the units that noted steps have started on a node, by themselves or by files below `root`."""
    steps = [json.loads(line) for line in notes.read_text().splitlines()[1:]] if notes.exists() else []
    mine = [step for step in steps if step["outcome"]["node"] == name]
    texts = [step["outcome"]["command"] for step in mine]
    texts += [path.read_text() for step in mine for path in (root / file for file in step["files"]) if path.exists()]
    return list(dict.fromkeys(unit for text in texts for unit in UNIT.findall(text)))


def save(path: str) -> str:
    """Give the command that keeps variables, functions, aliases, options and folder of its shell in a file."""
    kept = "declare -p; declare -f; alias -p; set +o; shopt -p; umask -p; printf 'cd %q\\n' \"$PWD\""
    return f"(umask 077; {{ {kept}; }} >{shlex.quote(path)})"


def load(path: str) -> str:
    """Give the command that brings back what `save` kept, if it did."""
    return f"if [ -r {shlex.quote(path)} ]; then . {shlex.quote(path)} 2>/dev/null; true; fi"


def look(path: str) -> str:
    """Give the command by which an interactive shell takes over what `save` kept, without options of its own."""
    kept = f"grep --invert-match --extended-regexp '^(set|shopt) ' {shlex.quote(path)}"
    return f"[ ! -r {shlex.quote(path)} ] || . <({kept}) 2>/dev/null"


def state_file(folder: Path, name: str) -> str:
    """Give where the shell of a node is kept: on the node, and for `host` beside our notes in the lab's folder."""
    return str(folder / "host-shell") if name == HOST else "/run/guide-shell"  # gone when the node reboots


def boots_of(names: Iterable[str], opened: Callable[[str], Node]) -> dict[str, str]:
    """Give what tells this boot of each node from another, by name. Raises LabError if one does not say."""
    boots = {}
    for name in names:
        node = opened(name)
        try:
            boots[name] = boot_of(node)
        finally:
            node.close()
    return boots


def boot_of(node: Node) -> str:
    """Give what tells one boot of a node from another. Raises LabError if it does not say."""
    reply = node.run(BOOT, TIME)
    if reply.ending is not Ending.DONE or reply.status != 0:
        raise LabError(f"{node.name} does not say since when it is up: {reply.output.strip() or reply.ending}")
    return reply.output.strip()


def identity(planned: Planned) -> str:
    """Give a digest of all that decides what a step does and what it must show."""
    step = planned.step
    output = step.output and (step.output.text, step.output.pattern, step.output.unordered)
    parts = (step.where.page, step.node, step.command, step.kind, step.times, step.exit, step.skip, output)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def digest(path: Path) -> str:
    """Give the SHA-256 of a file, or "" without one."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def restored(planned: Planned, noted: Mapping[str, Any]) -> Outcome:
    """Give an outcome that was noted."""
    skipped = noted["exit"] is None
    reply = None if skipped else Reply(Ending.DONE, noted["exit"], noted["output"])
    result = Result(noted["status"])
    return Outcome(planned, result, noted["seconds"], noted["attempts"], reply, noted["problem"])
