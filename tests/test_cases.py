"""Pages in cases/, each with the steps or the error that it must give."""

import json
from pathlib import Path

import pytest

from guide.errors import InputError
from guide.page import read_pages
from guide.plan import Lane, make_plan
from guide.step import DEADLINE

CASES = Path(__file__).parent / "cases"
NODES = ("web", "db", "host")
LANE = Lane("embedded", "containerd", "none")


def plan(guide, name):
    guide.page((CASES / f"{name}.md").read_text())
    return make_plan(read_pages(guide.root), NODES, guide.root, LANE)


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.json")))
def test_page_gives_its_steps(guide, name):
    expected = [
        {"seconds": DEADLINE, "times": 1, "exit": 0, "skip": "", **step}
        for step in json.loads((CASES / f"{name}.json").read_text())
    ]
    seen = [
        {
            "line": planned.step.where.line,
            "node": planned.step.node,
            "command": planned.step.command,
            "kind": str(planned.step.kind),
            "output": planned.step.output.text if planned.step.output else None,
            "seconds": planned.step.seconds,
            "times": planned.step.times,
            "exit": planned.step.exit,
            "skip": planned.step.skip,
        }
        for planned in plan(guide, name)
    ]
    assert seen == expected


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.error")))
def test_page_gives_its_error(guide, name):
    with pytest.raises(InputError) as caught:
        plan(guide, name)
    assert str(caught.value) == (CASES / f"{name}.error").read_text().rstrip("\n")


def test_every_case_has_an_expectation():
    for page in CASES.glob("*.md"):
        if page.name != "README.md":
            assert page.with_suffix(".json").exists() != page.with_suffix(".error").exists(), page.name
