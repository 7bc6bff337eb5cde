"""The pytest plugin: each step of the guide is an item, in the order of the guide, named by page and line."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from guide import hooks
from guide.diagnostics import collect
from guide.errors import GuideError, InputError, Status
from guide.evidence import Evidence, digest_inputs, now, write_evidence
from guide.lab.provide import PlainProgress, provided
from guide.node import Node
from guide.plan import Lane, Planned, select
from guide.project import Project, open_project
from guide.run import Outcome, Result, run_step


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make the hooks known."""
    pluginmanager.add_hookspecs(hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer what a run can choose."""
    group = parser.getgroup("guide", "a guide whose every command is run")
    group.addoption("--guide-from", type=int, metavar="N", help="first chapter")
    group.addoption("--guide-to", type=int, metavar="N", help="last chapter")
    group.addoption("--guide-runtime", default="containerd", metavar="R", help="container runtime of the lane")


def pytest_configure(config: pytest.Config) -> None:
    """Take part where there is a guide, that is, a mkdocs.yml with extra.guide."""
    path = config.rootpath / "mkdocs.yml"
    if path.exists() and "guide:" in path.read_text():
        config.pluginmanager.register(Runner(config), "guide-runner")


class StepFailed(Exception):  # noqa: N818 - it is no error of ours
    """A step did not do what its page says."""


class Runner:
    """Runs a lane's plan once: opens nodes, keeps outcomes, stops at the first failure, writes the evidence."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._stack = ExitStack()
        self._project: Project | None = None
        self._plan: list[Planned] | None = None
        self._lab: hooks.Lab | None = None
        self._nodes: dict[str, Node] = {}
        self._selected: list[Planned] = []
        self._started = now()
        self.outcomes: dict[Planned, Outcome] = {}
        self.failed: Outcome | None = None

    @property
    def project(self) -> Project:
        """The guide, read when it is first asked for."""
        if self._project is None:
            self._project = open_project(self._config.rootpath)
        return self._project

    @property
    def lane(self) -> Lane:
        """The lane that runs."""
        return self.project.lane("embedded", self._config.getoption("guide_runtime"))

    def plan(self) -> list[Planned]:
        """Give the steps that were chosen. Raises pytest.UsageError for what is wrong on the pages."""
        if self._plan is None:
            option = self._config.getoption
            try:
                self._plan = select(self.project.plan(self.lane), option("guide_from"), option("guide_to"))
            except InputError as error:
                raise pytest.UsageError(str(error)) from error
        return self._plan

    def pytest_collection(self, session: pytest.Session) -> None:
        """Read all pages before the first is collected, so that what is wrong on them ends the session at once."""
        docs = self._config.rootpath / self.project.docs
        paths = [(self._config.invocation_params.dir / arg.split("::")[0]).absolute() for arg in session.config.args]
        if any(path == docs or docs in path.parents for path in paths):
            self.plan()

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> "GuidePage | None":
        """Collect pages that have steps."""
        docs = self._config.rootpath / self.project.docs
        if file_path.suffix != ".md" or docs not in file_path.parents:
            return None
        page = str(file_path.relative_to(self._config.rootpath))
        if not any(planned.step.where.page == page for planned in self.plan()):
            return None
        collector: GuidePage = GuidePage.from_parent(parent, path=file_path)
        collector.steps = [planned for planned in self.plan() if planned.step.where.page == page]
        return collector

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put steps into the order of the guide."""
        mine = [item for item in items if isinstance(item, GuideItem)]
        if mine:
            place = {planned: number for number, planned in enumerate(self.plan())}
            mine.sort(key=lambda item: place[item.planned])
            items[:] = [*(item for item in items if not isinstance(item, GuideItem)), *mine]
            self._selected = [item.planned for item in mine]

    def run(self, planned: Planned) -> Outcome:
        """Run a step unless one before it failed."""
        if self.failed:
            outcome = Outcome(planned, Result.NOT_RUN, problem=f"{self.failed.planned.step.where} failed")
        else:
            self._config.hook.pytest_guide_started(planned=planned)
            outcome = self._attempt(planned)
        self.outcomes[planned] = outcome
        if outcome.result is Result.FAILED:
            self.failed = outcome
        self._config.hook.pytest_guide_finished(outcome=outcome)
        if outcome is self.failed:
            self._diagnose()
        return outcome

    def _attempt(self, planned: Planned) -> Outcome:
        try:
            return run_step(planned, self._node(planned.step.node), self.project.settings.fluid)
        except Exception as error:
            # Ours, not the guide's; but nothing after it may run as if this step had passed.
            self.failed = Outcome(planned, Result.FAILED, problem=f"{planned.step.where}: {error!r}")
            self.outcomes[planned] = self.failed
            raise

    def _node(self, name: str) -> Node:
        if self._lab is None:
            self._lab = self._config.hook.pytest_guide_lab(config=self._config) or self._own_lab()
        if name not in self._nodes:
            self._nodes[name] = self._lab.node(name)
        return self._nodes[name]

    def _own_lab(self) -> hooks.Lab:
        lab = provided(self.project.root, self.project.nodes, self.project.versions, PlainProgress())
        return self._stack.enter_context(lab)

    def _diagnose(self) -> None:
        settings, lab = self.project.settings, self._lab
        if settings.diagnostics and lab is not None:
            folder = self.project.build / "report" / "diagnostics"
            names = tuple(self.project.nodes.addresses)
            files = collect(settings.diagnostics, names, lab.node, folder)
            self._config.hook.pytest_guide_diagnostics(files=[str(path) for path in files])

    def pytest_sessionfinish(self) -> None:
        """Close the nodes and write down what was seen."""
        for node in self._nodes.values():
            node.close()
        self._stack.close()
        if self.outcomes:
            self.write_evidence()

    def write_evidence(self) -> Path:
        """Write the evidence; steps that an interrupt kept from running are in it as not run."""
        project = self.project
        outcomes = [self.outcomes.get(each, Outcome(each, Result.NOT_RUN)) for each in self._selected]
        evidence = Evidence(
            lane=self.lane,
            versions=project.versions.components,
            images=project.versions.images,
            stand_ins=self._lab.stand_ins if self._lab else (),
            inputs=digest_inputs(project.root, project.settings.inputs),
            started=self._started,
            finished=now(),
            outcomes=outcomes,
        )
        return write_evidence(evidence, project.build / "evidence")


class GuidePage(pytest.File):
    """A page that has steps."""

    steps: list[Planned]

    def collect(self) -> Iterator["GuideItem"]:
        """Give an item for each step."""
        for planned in self.steps:
            where = planned.step.where
            item: GuideItem = GuideItem.from_parent(self, name=f"{where.line}-{planned.step.node}")
            item.planned = planned
            yield item


class GuideItem(pytest.Item):
    """A step."""

    planned: Planned

    def runtest(self) -> None:
        """Run the step; a lab that cannot be had ends the session."""
        runner = self.config.pluginmanager.get_plugin("guide-runner")
        try:
            outcome: Outcome = runner.run(self.planned)  # type: ignore[union-attr] # registered, or no item would be
        except GuideError as error:
            pytest.exit(str(error), returncode=int(Status.NO_LAB))
        if outcome.result is Result.FAILED:
            raise StepFailed(outcome.problem)
        if outcome.result is Result.NOT_RUN:
            pytest.skip(f"not run: {outcome.problem}")
        if outcome.result is Result.SKIPPED:
            pytest.skip(outcome.problem)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG002 - the signature is pytest's
        """Give the message of a failed step without our own code around it."""
        if isinstance(excinfo.value, StepFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Give page, line (from 0) and name."""
        step = self.planned.step
        first = step.command.split("\n")[0]
        return self.path, step.where.line - 1, f"{self.planned.label} {step.node}: {first}"
