"""The pytest plugin: each step of the guide is an item, in the order of the guide, named by page and line."""

import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from guide import hooks
from guide.errors import GuideError, InputError, Status
from guide.inventory import read_inventory
from guide.labs import session_lab
from guide.plan import Lane, Planned, find, select
from guide.project import Project, open_project
from guide.report import make_folders
from guide.run import Outcome, Result
from guide.session import Session
from guide.target import Target


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make the hooks known."""
    pluginmanager.add_hookspecs(hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer what a run can choose."""
    group = parser.getgroup("guide", "a guide whose every command is run")
    group.addoption("--guide-to", type=int, metavar="N", help="last chapter")
    group.addoption("--guide-inventory", type=Path, metavar="FILE", help="run on the machines that this file names")
    group.addoption("--guide-provider", metavar="P", help="who has made the lab that a plugin gives")
    group.addoption("--guide-runtime", default="containerd", metavar="R", help="container runtime of the lane")
    group.addoption("--guide-cri-dockerd", type=Path, metavar="PATH", help="the binary that the runtime docker needs")
    group.addoption("--guide-state", type=Path, metavar="DIR", help="note in this folder of the lab how far it comes")
    group.addoption("--guide-resume", action="store_true", help="go on after the steps that are noted there")
    group.addoption("--guide-report", type=Path, metavar="DIR", help="write reports here; build/report if not given")
    group.addoption("--guide-no-evidence", action="store_true", help="write no evidence")
    group.addoption("--guide-pause", metavar="PAGE:LINE", help="let somebody look around before this step")


def pytest_configure(config: pytest.Config) -> None:
    """Take part where there is a guide, that is, a mkdocs.yml with extra.guide. Raises pytest.UsageError for two."""
    folder = config.invocation_params.dir
    roots = sorted({root for arg in config.args if (root := guide_of(folder / arg.split("::")[0]))})
    if len(roots) > 1:
        raise pytest.UsageError(f"One guide at a time: there are {' and '.join(map(str, roots))}.")
    if roots:
        config.pluginmanager.register(Runner(config, roots[0]), "guide-runner")


def guide_of(path: Path) -> Path | None:
    """Give the folder of the guide that a file or folder belongs to, or None."""
    for folder in (path.absolute(), *path.absolute().parents):
        site = folder / "mkdocs.yml"
        if site.is_file() and "guide:" in site.read_text():
            return folder
    return None


class StepFailed(Exception):  # noqa: N818 - it is no error of ours
    """A step did not do what its page says."""


class Runner:
    """Collects a lane's plan, and has a session run it on a lab."""

    def __init__(self, config: pytest.Config, root: Path) -> None:
        self._config = config
        self._root = root
        self._stack = ExitStack()
        self._plan: list[Planned] | None = None
        self._pause: Planned | None = None
        self._session: Session | None = None
        self._selected: list[Planned] = []

    @cached_property
    def project(self) -> Project:
        """The guide, read when it is first asked for."""
        return open_project(self._root)

    @property
    def lane(self) -> Lane:
        """The lane that runs."""
        option = self._config.getoption
        provider = option("guide_provider") or ("ssh" if option("guide_inventory") else "embedded")
        return self.project.lane(provider, self._config.getoption("guide_runtime"))

    @property
    def _report(self) -> Path:
        folder: Path | None = self._config.getoption("guide_report")
        return folder or self.project.report

    @cached_property
    def targets(self) -> dict[str, Target]:
        """The machines of the inventory, read when they are first asked for; none without one."""
        path = self._config.getoption("guide_inventory")
        names = tuple(self.project.nodes.addresses)
        return read_inventory(self._config.invocation_params.dir / path, names) if path else {}

    def plan(self) -> list[Planned]:
        """Give the steps that were chosen. Raises pytest.UsageError for what is wrong on the pages."""
        if self._plan is None:
            option = self._config.getoption
            try:
                self.targets  # noqa: B018 - what is wrong in the inventory is told before anything runs
                self._plan = select(self.project.plan(self.lane), None, option("guide_to"))
                self._pause = find(self._plan, option("guide_pause")) if option("guide_pause") else None
            except InputError as error:
                raise pytest.UsageError(str(error)) from error
        return self._plan

    def pytest_collection(self, session: pytest.Session) -> None:
        """Read all pages before the first is collected, so that what is wrong on them ends the session at once."""
        docs = self._root / self.project.docs
        paths = [(self._config.invocation_params.dir / arg.split("::")[0]).absolute() for arg in session.config.args]
        if any(path == docs or docs in path.parents for path in paths):
            self.plan()

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> "GuidePage | None":
        """Collect pages that have steps."""
        docs = self._root / self.project.docs
        if file_path.suffix != ".md" or docs not in file_path.parents:
            return None
        page = str(file_path.relative_to(self._root))
        steps = [planned for planned in self.plan() if planned.step.where.page == page]
        if not steps:
            return None
        collector: GuidePage = GuidePage.from_parent(parent, path=file_path)
        collector.steps = steps
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
            try:
                make_folders(self.project.build, self._report)
            except InputError as error:
                raise pytest.UsageError(str(error)) from error
            self._config.hook.pytest_guide_selected(plan=self._selected)

    def run(self, planned: Planned) -> Outcome:
        """Run a step, on a lab that is had at the first one."""
        if self._session is None:
            self._session = self._open()
        if planned is self._pause and not self._session.failed:
            self._config.hook.pytest_guide_paused(planned=planned)
        return self._session.run(planned)

    def _open(self) -> Session:
        option, project = self._config.getoption, self.project
        lab = self._config.hook.pytest_guide_lab(config=self._config) or self._own_lab()
        folder = option("guide_state")
        place = project.place(folder, self.lane) if folder else None
        session = Session(project, self.lane, lab, self._config.hook, place, self._report)
        session.begin(self._selected, resume=option("guide_resume"))
        return session

    def _own_lab(self) -> hooks.Lab:
        return self._stack.enter_context(session_lab(self._config, self.project, self.targets))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Close the nodes and write down what was seen."""
        if self._session is None:
            return
        self._session.close()
        self._stack.close()
        try:
            if not self._config.getoption("guide_no_evidence"):
                self._session.write_evidence(self.plan())
        except (InputError, OSError) as error:
            what = "" if isinstance(error, InputError) else "The results cannot be written: "
            sys.stderr.write(f"{what}{error}\n")
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let a step that was not run be told by page and line, not by ours."""
        report = yield
        if isinstance(item, GuideItem) and isinstance(report.longrepr, tuple):
            where = item.planned.step.where
            report.longrepr = (where.page, where.line, report.longrepr[2])
        return report


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
            wrong_input = error.status is Status.INPUT_WRONG
            pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR if wrong_input else int(error.status))
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
