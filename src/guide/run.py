"""Running steps on nodes: what one step did, and whether it was what its page says."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Network

from guide.expect import difference, matches
from guide.hopeless import missing_command
from guide.node import Ending, Node, Reply
from guide.plan import Planned
from guide.step import Kind, Step

FIRST_PAUSE, LAST_PAUSE = 0.1, 0.5  # seconds between two attempts of a check, on a PC
REST = 3.0  # times as long as an attempt took is a slow node left alone after it
SHOWN = 40  # lines of output in a message
DIFFERS = "it did not print what"  # the page says; a difference follows in lines behind `-` and `+`


class Result(StrEnum):
    """What became of a step."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not-run"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step did.

    Attributes:
        planned: the step.
        result: what became of it.
        seconds: how long it took, all attempts together.
        attempts: how often it was run.
        reply: what the node answered last, or None if it was not asked.
        problem: what is wrong, for people; "" when nothing is.
    """

    planned: Planned
    result: Result
    seconds: float = 0.0
    attempts: int = 0
    reply: Reply | None = None
    problem: str = ""

    @property
    def lost(self) -> bool:
        """Whether it failed because the node is gone."""
        return self.reply is not None and self.reply.ending is Ending.LOST


def run_step(
    planned: Planned,
    node: Node,
    fluid: tuple[IPv4Network, ...] = (),
    pace: float = 1.0,
    hopeless: Callable[[], str] = lambda: "",
    enough: Callable[[Reply], bool] = lambda _reply: False,
    told: Callable[[int, str], None] = lambda _attempts, _problem: None,
) -> Outcome:
    """Run a step, a check until it holds or its time is up, and say what came of it.

    `pace` says how many times as long as on a PC it may take, and pauses may get. While a check does not hold,
    `hopeless` is asked what no waiting heals, and `enough` whether to stop waiting all the same; `told` hears of
    every attempt that does not end the wait: how many there were, and what was lacking.
    """
    step = replace(planned.step, seconds=planned.step.seconds * pace)
    if step.skip:
        return Outcome(planned, Result.SKIPPED, problem=step.skip)
    start = time.monotonic()
    end = start + step.seconds
    pause = FIRST_PAUSE
    attempts = held = 0
    why = ""
    while True:
        attempts += 1
        asked = time.monotonic()
        reply = node.run(step.command, max(end - asked, 0.0))
        took = time.monotonic() - asked
        problem = judge(step, reply, fluid)
        held = 0 if problem else held + 1
        if held == step.times or step.kind is not Kind.CHECK or reply.ending is not Ending.DONE:
            break
        if problem and (why := missing_command(reply, step.exit) or (hopeless() if attempts > 1 else "")):
            break
        if problem and enough(reply):
            break
        if time.monotonic() + pause >= end:
            problem = problem or f"it held {held} times in a row, expected {step.times}"
            break
        told(attempts, briefly(problem) or f"held {held} of {step.times} times")
        # A slow node has other things to do than to answer us: what we wait for is one of them.
        rest = min(REST * took, pause * pace, end - time.monotonic() - pause) if problem else 0.0
        time.sleep(max(pause, rest))
        pause = min(pause * 1.5, LAST_PAUSE) if problem else FIRST_PAUSE
    seconds = time.monotonic() - start
    if not problem:
        return Outcome(planned, Result.PASSED, seconds, attempts, reply)
    return Outcome(planned, Result.FAILED, seconds, attempts, reply, explain(step, problem, reply, attempts, why))


def judge(step: Step, reply: Reply, fluid: tuple[IPv4Network, ...]) -> str:
    """Give what is wrong with a reply in a few words, with a diff where the output is; "" if nothing is."""
    if reply.ending is Ending.TIMEOUT:
        return f"no end within {step.seconds:g} s"
    if reply.ending is Ending.SHELL_ENDED:
        return "it ended the shell that it ran in"
    if reply.ending is Ending.LOST:
        return "the node was lost"
    if reply.status != step.exit:
        within = f" in: {reply.failed}" if reply.failed and "\n" in step.command else ""
        return f"exit {reply.status}, expected {step.exit}{within}"
    if step.output is not None and not matches(step.output, reply.output, fluid):
        return f"{DIFFERS} {step.output.where} says\n{difference(step.output, reply.output, fluid)}"
    return ""


def briefly(problem: str) -> str:
    """Give what judge says in one line: the first line that is missing in the output, if that is what is wrong."""
    first, _, diff = problem.partition("\n")
    missing = next((line[2:] for line in diff.split("\n") if line.startswith("- ")), "")
    return f"it did not print {missing}" if missing.strip() else first


def explain(step: Step, problem: str, reply: Reply, attempts: int, why: str = "") -> str:
    """Give the message of a failure: place, node, what happened, the command, and what it printed."""
    first, _, diff = problem.partition("\n")
    tried = ""
    if step.kind is Kind.CHECK:
        tried = f", after {counted(attempts, 'attempt')} in {step.seconds:g} s"
    if why:
        tried = f", after {counted(attempts, 'attempt')}; not waited for until {step.seconds:g} s were over, as {why}"
    parts = [f"{step.where} ({step.node}): {first}{tried}", indented("$ ", step.command)]
    shown = diff or reply.output.rstrip("\n")
    if shown:
        lines = shown.split("\n")
        left_out = [f"... {len(lines) - SHOWN} lines before these are in the evidence"] if len(lines) > SHOWN else []
        parts.append(indented("  ", "\n".join(left_out + lines[-SHOWN:])))
    else:
        parts.append("  (it printed nothing)")
    return "\n".join(parts)


def counted(number: int, noun: str) -> str:
    """Give a number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def indented(prefix: str, text: str) -> str:
    """Give text with its first line behind `prefix` and the others below it."""
    return prefix + text.replace("\n", "\n" + " " * len(prefix))
