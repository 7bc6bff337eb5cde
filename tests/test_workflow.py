"""The workflow calls the front door as it is, in lanes that there are."""

import itertools
import re

import pytest
import yaml

from guide.cli import guide
from guide.project import open_project
from tests.conftest import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/guide.yml").read_text())
ACTION = yaml.safe_load((ROOT / ".github/actions/guide/action.yml").read_text())


def calls(job):
    """Give what follows ./guide in a job, for every combination of its matrix."""
    matrix = job.get("strategy", {}).get("matrix", {})
    for values in itertools.product(*matrix.values()):
        lane = dict(zip(matrix, values, strict=True))
        for step in job["steps"]:
            text = step["with"]["command"] if step.get("uses") == "./.github/actions/guide" else ""
            text += "".join(re.findall(r"^\./guide (.*)$", step.get("run", ""), re.MULTILINE))
            if text:
                yield re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda found, lane=lane: lane[found[1]], text).split()


@pytest.mark.parametrize("words", [call for job in WORKFLOW["jobs"].values() for call in calls(job)], ids=" ".join)
def test_the_front_door_takes_what_the_workflow_says(words):
    name, *rest = words
    assert guide.commands[name].make_context(name, rest)


def test_a_site_is_published_only_after_tests_and_every_lane():
    publish = WORKFLOW["jobs"]["publish"]
    assert set(publish["needs"]) == set(WORKFLOW["jobs"]) - {"publish"}
    assert [call[0] for call in calls(publish)] == ["site"]
    project = open_project(ROOT)
    verified = [call[2:7:2] for call in calls(WORKFLOW["jobs"]["verify"])]
    assert {(provider, runtime) for provider, runtime, _ in verified} == {
        ("embedded", "containerd"),
        ("embedded", "docker"),
    }
    modules = ROOT / project.settings.config / "modules"
    locked = {path.name.partition("-")[2] for path in modules.glob("kubernetes-*")}
    assert {version for _, _, version in verified} == locked
    assert len(verified) == 2 * len(locked)


def test_nobody_but_the_publishing_job_may_write():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert [name for name, job in WORKFLOW["jobs"].items() if "permissions" in job] == ["publish"]


def test_jobs_run_the_guide_by_one_action():
    [run] = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert run.endswith("./guide ${{ inputs.command }}")
