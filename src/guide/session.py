"""One run of a lane's plan: it opens nodes, keeps outcomes, and stops at the first failure."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from guide.diagnostics import collect
from guide.errors import InputError
from guide.evidence import Evidence, describe, digest_inputs, now, write_evidence
from guide.hooks import Lab
from guide.hopeless import Watch
from guide.node import Node
from guide.plan import Lane, Planned
from guide.progress import TIME, Place, boots_of, load, save, state_file
from guide.project import Project
from guide.report import write_reports
from guide.run import Outcome, Result, run_step
from guide.step import Kind
from guide.vault import Vault


class Session:
    """Runs steps, one after the other, and tells a listener what becomes of them."""

    def __init__(
        self,
        project: Project,
        lane: Lane,
        lab: Lab,
        listener: Any,
        place: Place | None,
        report: Path | None = None,
    ) -> None:
        """Run on a lab, and tell `listener` by the calls in hooks.py; note progress in `place`, if there is one.

        `report` is the folder for reports, if it is not the project's.
        """
        self._project = project
        self._lane = lane
        self._lab = lab
        self._pace = float(getattr(lab, "pace", 1.0))  # an inventory's machines are nobody's to measure
        self._tell = listener
        self._place = place
        self._report = report or project.report
        self._nodes: dict[str, Node] = {}
        self._vault = Vault()
        self._vault.open(project.settings.secrets, tuple(project.nodes.addresses), lab.node)
        self._diagnostics: tuple[str, ...] = ()
        self._watches: dict[str, Watch] = {}
        self._started = now()
        self._changed = time.monotonic()
        self._stand_ins = (*lab.stand_ins, *slowness(self._pace))
        self._sources: dict[str, str] = dict(getattr(lab, "sources", {}))  # only labs of parts know
        self._inputs = digest_inputs(project.root, project.settings.inputs)
        self.outcomes: dict[Planned, Outcome] = {}
        self.failed: Outcome | None = None

    def begin(self, plan: Sequence[Planned], *, resume: bool) -> None:
        """Start from the beginning, or take over what has passed on these nodes already."""
        if self._place is None:
            return
        if resume:
            for outcome in self._place.passed(plan, self._boots):
                self.outcomes[outcome.planned] = outcome
        else:
            self._place.begin(self._boots(), plan)

    def _boots(self) -> dict[str, str]:
        return boots_of(self._project.nodes.addresses, self._lab.node)

    def run(self, planned: Planned) -> Outcome:
        """Run a step unless it has passed before, or one before it failed."""
        if planned in self.outcomes:
            return self.outcomes[planned]
        if self.failed:
            outcome = Outcome(planned, Result.NOT_RUN, problem=f"{self.failed.planned.step.where} failed")
        else:
            self._tell.pytest_guide_started(planned=planned)
            outcome = self._attempt(planned)
        self.outcomes[planned] = outcome
        if outcome.result is Result.FAILED:
            self.failed = None if self._tell.pytest_guide_goes_on(outcome=outcome) else outcome
        elif self._place and outcome.result is not Result.NOT_RUN:
            self._keep(outcome)
        self._tell.pytest_guide_finished(outcome=outcome)
        if outcome is self.failed:
            self._diagnose()
            self._tell.pytest_guide_failed(outcome=outcome)
        return outcome

    def forget(self, planned: Planned) -> None:
        """Let a step be run again."""
        self.outcomes.pop(planned, None)

    def _attempt(self, planned: Planned) -> Outcome:
        step = planned.step
        if step.kind is Kind.STEP:
            self._changed = time.monotonic()
        try:
            outcome = run_step(
                planned,
                self._node(step.node),
                self._project.settings.fluid,
                self._pace,
                hopeless=lambda: self._watch(step.node).look(),
                enough=lambda reply: bool(self._tell.pytest_guide_enough(planned=planned, reply=reply)),
                told=lambda attempts, problem: self._tell.pytest_guide_attempt(
                    planned=planned, attempts=attempts, problem=self._vault.masked(problem)
                ),
            )
            return self._hide(outcome)
        except Exception as error:
            # Ours, not the guide's; but nothing after it may run as if this step had passed.
            self.failed = Outcome(planned, Result.FAILED, problem=f"{step.where}: {error!r}")
            self.outcomes[planned] = self.failed
            raise

    def _hide(self, outcome: Outcome) -> Outcome:
        """Take secrets out of an outcome before anybody sees it, those too that its step has only just made."""
        name = outcome.planned.step.node
        everywhere = outcome.result is Result.FAILED or name not in self._project.nodes.addresses
        if outcome.attempts:
            self._vault.read(*(self._project.nodes.addresses if everywhere else [name]))
        return self._vault.hide(outcome)

    def _node(self, name: str) -> Node:
        if name not in self._nodes:
            node = self._lab.node(name)
            self._nodes[name] = node
            if self._place:
                node.run(load(state_file(self._place.folder, name)), TIME)
        return self._nodes[name]

    def _watch(self, name: str) -> Watch:
        if name not in self._watches:
            self._watches[name] = Watch(self._project.settings.hopeless, lambda: self._lab.node(name))
        watch = self._watches[name]
        watch.changed = self._changed
        return watch

    def _keep(self, outcome: Outcome) -> None:
        assert self._place is not None  # noqa: S101 - asked by the caller
        name = outcome.planned.step.node
        if name in self._nodes:
            self._nodes[name].run(save(state_file(self._place.folder, name)), TIME)
        self._place.note(outcome)

    def _diagnose(self) -> None:
        settings, build = self._project.settings, self._project.build
        if settings.diagnostics:
            names = tuple(self._project.nodes.addresses)
            folder = self._report / "diagnostics"
            files = collect(settings.diagnostics, names, self._lab.node, folder, self._vault.masked)
            self._diagnostics = tuple(str(path.relative_to(build)) for path in files)
            self._tell.pytest_guide_diagnostics(files=[str(path) for path in files])

    def close(self) -> None:
        """Close the shells on all nodes."""
        for watch in self._watches.values():
            watch.close()
        for node in self._nodes.values():
            node.close()
        self._vault.close()

    def write_evidence(self, selected: Sequence[Planned]) -> None:
        """Write down what was seen; steps that an interrupt kept from running are in it as not run.

        Raises InputError if a file was changed while it was run: what was seen is not what stands there now.
        """
        project = self._project
        self.refuse_changes()
        # What was found to be a secret after its step is masked in it, too.
        seen = [self.outcomes.get(each, Outcome(each, Result.NOT_RUN)) for each in selected]
        outcomes = [self._vault.hide(outcome) for outcome in seen]
        evidence = Evidence(
            lane=self._lane,
            versions=project.made_of(self._lane),
            images=project.versions.images,
            stand_ins=self._stand_ins,
            sources=self._sources,
            inputs=self._inputs,
            started=self._started,
            finished=now(),
            outcomes=outcomes,
            diagnostics=self._diagnostics,
        )
        write_evidence(evidence, project.build / "evidence")
        write_reports(describe(evidence), project.build, self._report)

    def refuse_changes(self) -> None:
        """Raise InputError if a file that decides what is run is another one than at the start."""
        there = digest_inputs(self._project.root, self._project.settings.inputs)
        changed = sorted(path for path, _ in there.items() ^ self._inputs.items())
        if changed:
            raise InputError(
                f"{changed[0]} was changed while the guide was run, so there is no evidence of either: run it again."
            )


def slowness(pace: float) -> tuple[str, ...]:
    """Say that deadlines were longer than pages say, if they were."""
    return (
        (f"Steps had {pace:.1f} times as long as the pages say: the nodes are that much slower than a PC.",)
        if pace > 1
        else ()
    )
