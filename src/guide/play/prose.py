"""How scenes look in a terminal."""

from typing import ClassVar

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.markdown import Heading, Markdown, MarkdownElement
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from guide.console import duration
from guide.play.scene import Boxed, Pictured, Run, Shown, Told
from guide.run import Outcome, Result
from guide.step import Kind

WIDEST = 100  # columns of prose: longer lines are hard to read
THEME = "ansi_dark"  # the terminal's own colours

TITLES = {"h1": "bold reverse", "h2": "bold underline", "h3": "bold"}


class Title(Heading):
    """A heading at the left."""

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        self.text.stylize(TITLES.get(self.tag, "italic"))
        if self.tag == "h1":
            self.text.pad(1)
        yield self.text


class Prose(Markdown):
    """Markdown with our headings."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "heading_open": Title}


def told(scene: Told) -> RenderableType:
    """Give prose."""
    return Prose(scene.text, code_theme=THEME, hyperlinks=False, inline_code_theme=None)


def pictured(scene: Pictured) -> RenderableType:
    """Give a picture's words."""
    return Panel(Text(scene.words, style="italic"), title="picture", title_align="left", box=box.ROUNDED, style="dim")


def shown(scene: Shown) -> RenderableType:
    """Give a block that is read."""
    return Panel(code(scene.text, scene.language), title=Text(scene.title), title_align="left", border_style="dim")


def titled(scene: Boxed) -> RenderableType:
    """Give the title of a box."""
    sign, style = ("?", "bold yellow") if scene.closed else ("!", "bold blue")
    return Text(f"{sign} {scene.title}", style=style)


def command(scene: Run) -> RenderableType:
    """Give a command with the nodes that it runs on."""
    step = scene.steps[0].step
    notes = []
    if step.kind is Kind.CHECK:
        notes.append(f"repeated until it holds, for {step.seconds:g} s at most")
    if step.exit:
        notes.append(f"is to end with status {step.exit}")
    names = ", ".join(planned.step.node for planned in scene.steps)
    return Panel(
        code(step.command, "bash"),
        title=Text(names, style="bold"),
        title_align="left",
        subtitle=Text("; ".join(notes)) if notes else None,
        subtitle_align="left",
        border_style="cyan",
    )


def code(text: str, language: str) -> Syntax:
    """Give code, coloured; long lines are wrapped and lose nothing."""
    return Syntax(text, language or "text", theme=THEME, background_color="default", word_wrap=True)


def place(chapter: str, number: int, count: int, seconds: float) -> RenderableType:
    """Give where one is."""
    return Rule(Text(f"{chapter} · step {number} of {count} · {duration(seconds)}"), align="left", style="dim")


def printed(outcome: Outcome, *, named: bool) -> RenderableType:
    """Give what a step printed, and what became of it; `named` puts the node's name before."""
    reply = outcome.reply
    text = Text(f"{outcome.planned.step.node}:\n" if named else "", style="bold")
    if outcome.result is Result.SKIPPED:
        return text.append(f"not run: {outcome.problem}", style="yellow")
    if outcome.result is Result.FAILED:
        return text.append(outcome.problem, style="red not bold")
    if reply and reply.output.strip():
        text.append(reply.output.rstrip() + "\n", style="not bold")
    times = f", at attempt {outcome.attempts}" if outcome.attempts > 1 else ""
    return text.append(f"✓ {duration(outcome.seconds)}{times}", style="green not bold")


def margin(renderable: RenderableType, width: int) -> RenderableType:
    """Give something with space at its left and a line below."""
    return Padding(renderable, (0, 0, 1, width))
