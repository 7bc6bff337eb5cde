"""Measure how much of what goes wrong the guide notices."""

import os
import time

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from guide.commands.common import lane_options, require, the_lab, yes_option
from guide.errors import InputError

LABS_PER_CORE = 1.5  # a lab waits about half of its time; with more of them steps come late


@click.command()
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Try N mutants by chance; all if not given.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="The same sample for the same S.")
@lane_options
@yes_option
def mutate(sample: int | None, seed: int, provider: str, runtime: str, yes: bool) -> None:
    """Bend the guide in one place at a time, and see whether its own steps notice.

    A mutant lacks a step, a flag of a script or a field of a manifest, or has another port, address, node, label,
    value or expected status there. The result goes to build/mutation.json.
    """
    from guide.console import duration
    from guide.evidence import digest_inputs, now
    from guide.mutation.crew import Crew
    from guide.mutation.measure import Measurement
    from guide.mutation.population import all_mutants, sample_of
    from guide.mutation.score import Score
    from guide.mutation.verdict import Found, Verdict

    if runtime != "containerd":
        raise InputError("The guide is bent on nodes with containerd alone.")
    _, project = the_lab()
    lane = project.lane(provider, runtime)
    plan = project.plan(lane)
    population = all_mutants(project, plan)
    mutants = sample_of(population, sample, seed)
    if not mutants:
        raise InputError("There is not one place in this guide that could be bent.")
    require(project.versions, "embedded", yes)
    console = Console()
    labs = max(2, round((os.cpu_count() or 1) * LABS_PER_CORE))
    begun, started = time.monotonic(), now()
    inputs = digest_inputs(project.root, project.settings.inputs)
    marks = {Found.NOTICED: "[green]✓[/]", Found.UNNOTICED: "[red]✗[/]", Found.BROKEN: "[yellow]?[/]"}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console.print(f"{len(mutants)} of {len(population)} mutants, seed {seed}, {labs} labs at once.", highlight=False)
    with (
        Crew(project, labs) as crew,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        bar = progress.add_task("Reading mutants", total=len(mutants))
        measurement = Measurement(project, lane, plan, crew)
        tasks = measurement.tasks(mutants)
        progress.update(bar, description="Running the guide as it is")
        clean = measurement.clean()
        progress.update(bar, description="Trying mutants")

        def told(verdict: Verdict) -> None:
            mutant = verdict.mutant
            by = f"by {plan[verdict.step].label}" if verdict.step is not None else ""
            console.print(
                f"  {marks[verdict.found]} {escape(mutant.where):<48}{by:<9}{escape(mutant.what)}",
                highlight=False,
                no_wrap=True,
                overflow="ellipsis" if console.is_terminal else "ignore",
                crop=console.is_terminal,
            )
            progress.advance(bar)

        verdicts = measurement.verdicts(tasks, clean, told)
    score = Score(verdicts, len(population), seed, sample, labs, inputs, started, time.monotonic() - begun)
    path = score.write(project.build)
    for found, title in ((Found.UNNOTICED, "Unnoticed"), (Found.BROKEN, "Tried in vain")):
        for number, verdict in enumerate(score.of(found)):
            if not number:
                console.print(f"\n[bold]{title}[/]")
            words = f"{verdict.mutant.kind}: {verdict.mutant.what}"
            console.print(f"  {escape(verdict.mutant.where)}\n      {escape(words)}", highlight=False, soft_wrap=True)
            if found is Found.BROKEN:
                console.print(f"      {escape(verdict.problem)}", highlight=False, soft_wrap=True)
    shown = f"{score.score:.1%}" if score.score is not None else "none, as no trial proves anything"
    counts = ", ".join(f"{len(score.of(found))} {found}" for found in Found if score.of(found))
    console.print(f"\nScore {shown}: {counts} in {duration(score.seconds)}", highlight=False)
    console.print(f"All verdicts: {path.relative_to(project.root)}", highlight=False)
