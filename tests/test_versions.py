"""Steps that do not work with every Kubernetes."""

import pytest

from guide.page import read_pages
from guide.plan import Lane, make_plan
from guide.project import open_project
from guide.run import Result, run_step
from tests.fake import FakeNode
from tests.test_cli import FENCE, call

__all__ = ["call"]
NEWER = f'{FENCE}{{ .bash title="web" data-kubernetes=">=1.36" }}\nuptime\n{FENCE}\n'
OLDER = NEWER.replace(">=1.36", ">=1.34,<1.36").replace("uptime", "uptime --pretty")


def plan(guide, kubernetes):
    lane = Lane("embedded", "containerd", kubernetes) if kubernetes else None
    return make_plan(read_pages(guide.root), ("web",), guide.root, lane)


@pytest.mark.parametrize(
    ("kubernetes", "skipped"),
    [
        ("1.37.2", ["", "it works with Kubernetes >=1.34,<1.36, and this lane has 1.37.2"]),
        ("1.36.0", ["", "it works with Kubernetes >=1.34,<1.36, and this lane has 1.36.0"]),
        ("1.35.9", ["it works with Kubernetes >=1.36, and this lane has 1.35.9", ""]),
        (None, ["", ""]),
    ],
)
def test_a_step_is_skipped_with_a_reason_where_it_does_not_work(guide, kubernetes, skipped):
    guide.page(NEWER + OLDER)
    assert [each.step.skip for each in plan(guide, kubernetes)] == skipped


def test_a_step_that_is_never_run_keeps_its_own_reason(guide):
    guide.page(NEWER.replace("data-kubernetes", 'data-skip="it takes a day" data-kubernetes'))
    assert [each.step.skip for each in plan(guide, "1.30.0")] == ["it takes a day"]


def test_a_step_that_does_not_work_is_not_sent_to_its_node(guide):
    guide.page(NEWER)
    node = FakeNode()
    [planned] = plan(guide, "1.35.0")
    outcome = run_step(planned, node)
    assert (outcome.result, outcome.problem) == (Result.SKIPPED, planned.step.skip)
    assert node.asked == []


def test_the_plan_says_which_steps_are_not_run_and_why(guide, call):
    guide.write("config/versions.yaml", "kubernetes: 1.35.0\ndebian: trixie\n")
    guide.page(NEWER + OLDER)
    assert [line.strip() for line in call("plan").stdout.splitlines()][1:] == [
        "not run: it works with Kubernetes >=1.36, and this lane has 1.35.0",
        "1.2  docs/1-page.md:4  web  step  uptime --pretty",
        "2 steps",
    ]


@pytest.mark.parametrize(
    ("runtime", "kubernetes", "skipped"),
    [
        ("docker", "1.34.4", ["kube-control-plane", "kube-node", "kube-control-plane", "kube-node"]),
        ("docker", "1.36.3", []),
        ("containerd", "1.34.4", []),
    ],
)
def test_an_older_kubelet_gets_no_gate_that_it_does_not_know(root, runtime, kubernetes, skipped):
    plan = open_project(root).plan(Lane("embedded", runtime, kubernetes))
    left_out = [each.step for each in plan if each.step.skip]
    assert [step.node for step in left_out] == skipped
    assert all("kubelet-docker.yaml" in step.command and ">=1.36" in step.skip for step in left_out)
