"""All mutants of a guide, made from its sources and its plan alone."""

import random
from collections.abc import Sequence
from pathlib import Path

from guide.files import Mentions
from guide.mutation.fields import field_mutants, toml_mutants
from guide.mutation.mutant import Mutant
from guide.mutation.pages import page_mutants, source
from guide.mutation.scripts import script_mutants
from guide.plan import Planned
from guide.project import Project

MAKERS = {
    ".sh": script_mutants,
    ".yaml": field_mutants,
    ".yml": field_mutants,
    ".json": field_mutants,
    ".conflist": field_mutants,
    ".toml": toml_mutants,
}


def all_mutants(project: Project, plan: Sequence[Planned]) -> list[Mutant]:
    """Give every mutant of the pages, and of the files that their steps use, in the order of the guide."""
    nodes = {name: str(address) for name, address in project.nodes.addresses.items()}
    used = used_files(project, plan)
    mutants = page_mutants(project.root, plan, nodes)
    for path in sorted(set().union(*used)):
        if maker := MAKERS.get(Path(path).suffix):
            mutants += maker(path, (project.root / path).read_text(), nodes)
    return sorted(dict.fromkeys(mutants), key=lambda mutant: place(mutant, plan, used))


def sample_of(mutants: list[Mutant], size: int | None, seed: int) -> list[Mutant]:
    """Give `size` mutants by chance, the same ones for the same seed; all for None."""
    if size is None or size >= len(mutants):
        return mutants
    chosen = random.Random(seed).sample(range(len(mutants)), size)  # noqa: S311 - nothing secret
    return [mutants[number] for number in sorted(chosen)]


def used_files(project: Project, plan: Sequence[Planned]) -> list[set[str]]:
    """Give for each step the real files that its command names, and those that these name in turn."""
    folders = [folder for folder in project.settings.inputs if folder != project.docs]
    mentions = Mentions(project.root, folders)
    return [mentions.of(planned.step.command) for planned in plan]


def place(mutant: Mutant, plan: Sequence[Planned], used: Sequence[set[str]]) -> int:
    """Give the number of the first step that a mutant can touch."""
    for number, planned in enumerate(plan):
        where = planned.step.where
        height = planned.step.command.count("\n") + 2
        if mutant.path in used[number] or any(
            mutant.path == path and mutant.first <= line + height
            for path, line in (source(where), (where.page, where.line))
        ):
            return number
    return len(plan) - 1
