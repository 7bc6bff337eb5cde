"""Plays a chapter: tells, shows, asks, and runs what the person wants to see run."""

import time
from collections.abc import Callable, Sequence

from rich.console import RenderableType

from guide.console import duration, short
from guide.errors import LabError
from guide.node import Reply
from guide.plan import Planned
from guide.play import prose
from guide.play.scene import Boxed, Pictured, Run, Scene, Shown, Told
from guide.play.stage import Left, Stage
from guide.run import Outcome, Result, counted
from guide.session import Session

INDENT = 2  # columns of what stands in a box


class Audience:
    """Hears from a session what a check waits for, and lets the session leave failures to the person."""

    def __init__(self) -> None:
        self.say: Callable[[str], None] = lambda _: None

    def pytest_guide_started(self, planned: Planned) -> None:
        """Tell what runs."""
        self.say(f"{planned.label} {planned.step.node}: {short(planned.step.command)}")

    def pytest_guide_attempt(self, planned: Planned, attempts: int, problem: str) -> None:
        """Tell what a check waits for."""
        self.say(f"{planned.label} {planned.step.node}: {counted(attempts, 'attempt')}, {problem}")

    def pytest_guide_enough(self, planned: Planned, reply: Reply) -> bool:  # noqa: ARG002 - what the session calls
        """Wait until the deadline."""
        return False

    def pytest_guide_goes_on(self, outcome: Outcome) -> bool:  # noqa: ARG002 - what the session calls
        """Go on after any failure: the person decides."""
        return True

    def pytest_guide_finished(self, outcome: Outcome) -> None:
        """Leave it to the player to show what came of a step."""


class Player:
    """One chapter, on nodes that are as at its start."""

    def __init__(
        self, stage: Stage, session: Session, audience: Audience, title: str, steps: Sequence[Planned]
    ) -> None:
        """Play the chapter `title`, which has `steps`, in a session that tells `audience`."""
        self._stage = stage
        self._session = session
        self._audience = audience
        self._title = title
        self._count = len({planned.label for planned in steps})
        self._coming = list(steps)
        self._begun = time.monotonic()
        self._failing = False

    def play(self, scenes: Sequence[Scene]) -> bool:
        """Play all scenes, or until the person quits. Tells whether no step was left failing."""
        try:
            self._look_ahead()
            self._play(scenes, 0)
            self._stage.ask(f"The end of {self._title}, after {duration(time.monotonic() - self._begun)}. Enter ends")
        except Left:
            pass
        return not self._failing

    def _look_ahead(self) -> None:
        if self._coming:
            self._stage.node = self._coming[0].step.node

    def _play(self, scenes: Sequence[Scene], indent: int) -> None:
        for scene in scenes:
            if isinstance(scene, Boxed):
                self._show(prose.titled(scene), indent)
                if scene.closed:
                    self._stage.ask("Think, then Enter shows the answer")
                self._play(scene.inside, indent + INDENT)
            elif isinstance(scene, Run):
                self._run(scene, indent)
            else:
                self._show(look(scene), indent)

    def _show(self, renderable: RenderableType, indent: int) -> None:
        self._stage.show(prose.margin(renderable, indent))

    def _run(self, scene: Run, indent: int) -> None:
        number, seconds = scene.steps[0].number, time.monotonic() - self._begun
        self._stage.show(prose.place(self._title, number, self._count, seconds))
        self._stage.show(prose.command(scene))
        if not scene.steps[0].step.skip:
            self._stage.ask("Enter runs it")
        for planned in scene.steps:
            self._look_ahead()
            outcome = self._until_it_holds(planned, indent, named=len(scene.steps) > 1)
            self._show(prose.printed(outcome, named=len(scene.steps) > 1), indent)
            self._coming.remove(planned)
        self._look_ahead()

    def _until_it_holds(self, planned: Planned, indent: int, *, named: bool) -> Outcome:
        while True:
            with self._stage.busy(planned.label) as self._audience.say:
                outcome = self._session.run(planned)
            if outcome.lost:
                raise LabError(outcome.problem)
            self._failing = outcome.result is Result.FAILED
            if not self._failing:
                return outcome
            self._show(prose.printed(outcome, named=named), indent)
            self._stage.ask("Enter tries again")
            self._session.forget(planned)


def look(scene: Told | Pictured | Shown) -> RenderableType:
    """Give how a scene without steps looks."""
    if isinstance(scene, Told):
        return prose.told(scene)
    return prose.pictured(scene) if isinstance(scene, Pictured) else prose.shown(scene)
