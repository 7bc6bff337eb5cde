"""Mutants of pages, and the way in which each is tried."""

import pytest

from guide.mutation.mutant import Kind
from guide.mutation.population import all_mutants, place, sample_of, used_files
from guide.mutation.way import Way, compare
from guide.project import open_project

FENCE = "```"
PAGE = f"""\
# A page

{FENCE}bash title="web, db"
source script/start.sh
{FENCE}

{FENCE}text title="Output"
started
{FENCE}

Text with port 10.20.0.10:80 is no mutant.

{FENCE}{{ .bash title="web" data-exit="7" data-check="2s" }}
curl --max-time 1 http://[= nodes["db"] =]:8080
{FENCE}

{FENCE}bash title="db"
NAME=value
{FENCE}

{FENCE}bash title="db"
echo $NAME
{FENCE}

[% set node = "web" %]
[% include "look.md" %]
"""
LOOK = f'{FENCE}bash title="[= node =]"\nls --color=never\n{FENCE}\n'


@pytest.fixture
def project(guide):
    guide.page(PAGE)
    guide.write("snippets/look.md", LOOK)
    guide.write("script/start.sh", "echo started --fast\ntouch --date=now it\n")
    guide.write("script/idle.sh", "touch --date=now nothing\n")
    return open_project(guide.root)


@pytest.fixture
def plan(project):
    return project.plan(project.lane("embedded", "containerd"))


@pytest.fixture
def mutants(project, plan):
    return all_mutants(project, plan)


def test_steps_that_change_something_are_deleted_and_nodes_commands_and_statuses_bent(mutants):
    assert [(mutant.where, mutant.kind, mutant.what) for mutant in mutants] == [
        ("docs/1-page.md:3", Kind.STEP, "deleted: source script/start.sh"),
        ("docs/1-page.md:3", Kind.NODE, "web, db became db"),
        ("docs/1-page.md:3", Kind.NODE, "web, db became web"),
        ("script/start.sh:2", Kind.STATEMENT, "deleted: touch --date=now it"),
        ("script/start.sh:2", Kind.FLAG, "deleted: --date=now"),
        ("script/start.sh:2", Kind.VALUE, "--date=now became --date=now-bent"),
        ("docs/1-page.md:13", Kind.NODE, "web became db"),
        ("docs/1-page.md:13", Kind.STATUS, "expected status 7 became 8"),
        ("docs/1-page.md:14", Kind.PORT, "8080 became 8081"),
        ("docs/1-page.md:14", Kind.ADDRESS, "db's address became web's"),
        ("docs/1-page.md:17", Kind.STEP, "deleted: NAME=value"),
        ("docs/1-page.md:17", Kind.NODE, "db became web"),
        ("docs/1-page.md:21", Kind.NODE, "db became web"),
        ("snippets/look.md:2", Kind.VALUE, "--color=never became --color=never-bent"),
        ("docs/1-page.md:25", Kind.NODE, "web became db"),
    ]


def test_a_file_that_no_step_uses_has_no_mutants(mutants):
    assert not any("idle" in mutant.path for mutant in mutants)


def test_a_deleted_step_takes_its_output_along_and_leaves_other_lines_where_they_are(mutants):
    lines = mutants[0].of(PAGE).split("\n")
    assert set(lines[2:9]) == {""}
    assert lines[9:] == PAGE.split("\n")[9:]


def ways(project, plan, mutants):
    """Give the way of each page's mutant, by what it does."""
    used = used_files(project, plan)
    found = {}
    for mutant in mutants:
        if mutant.path.endswith(".md"):
            file = project.root / mutant.path
            before = file.read_text()
            mutant.apply(project.root)
            mutated = open_project(project.root).plan(project.lane("embedded", "containerd"))
            file.write_text(before)
            task = compare(mutant, place(mutant, plan, used), plan, mutated)
            found[f"{mutant.first}: {mutant.what}"] = (task.way, [number for number, _ in task.bent])
    return found


def test_the_shortest_way_that_tells_the_truth_is_chosen(project, plan, mutants):
    assert ways(project, plan, mutants) == {
        "3: deleted: source script/start.sh": (Way.ALONE, []),
        "3: web, db became db": (Way.ALONE, []),
        "3: web, db became web": (Way.ALONE, []),
        "13: web became db": (Way.LOOK, [2]),
        "13: expected status 7 became 8": (Way.REPLY, [2]),
        "14: 8080 became 8081": (Way.LOOK, [2]),
        "14: db's address became web's": (Way.LOOK, [2]),
        "17: deleted: NAME=value": (Way.ALONE, []),
        "17: db became web": (Way.ALONE, []),
        "21: db became web": (Way.LOOK, [4]),
        "25: web became db": (Way.LOOK, [5]),
        "2: --color=never became --color=never-bent": (Way.LOOK, [5]),
    }


def test_the_same_seed_gives_the_same_sample_in_the_order_of_the_guide(mutants):
    first, again, other = (sample_of(mutants, 5, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert [mutants.index(mutant) for mutant in first] == sorted(mutants.index(mutant) for mutant in first)
    assert sample_of(mutants, 1000, 1) == mutants == sample_of(mutants, None, 1)
