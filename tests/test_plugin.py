"""The pytest plugin on small guides whose nodes are shells of this machine."""

import json

import pytest

from guide.errors import Status
from guide.node import Ending, Reply
from guide.run import Result
from guide.runner import Choice, run_pytest
from tests.fake import FakeLab, FakeNode, done, local_bash

FENCE = "```"


class Watcher:
    """Keeps what the plugin tells."""

    def __init__(self):
        self.outcomes = []
        self.files = []
        self.given_up = ""

    def pytest_guide_finished(self, outcome):
        self.outcomes.append(outcome)

    def pytest_guide_diagnostics(self, files):
        self.files += files

    def pytest_keyboard_interrupt(self, excinfo):
        self.given_up = str(excinfo.value.msg)

    @property
    def results(self):
        return [outcome.result for outcome in self.outcomes]


@pytest.fixture
def run(guide, tmp_path):
    """Run the guide on shells of this machine, or on the given lab."""

    def run_guide(lab=None, last=None, **choice):
        watcher = Watcher()
        lab = lab or FakeLab(lambda name: local_bash(name, tmp_path))
        status = run_pytest(guide.root, "docs", Choice("containerd", last, **choice), [lab, watcher])
        return status, watcher

    return run_guide


def evidence(guide):
    return json.loads((guide.root / "build/evidence/embedded-containerd-none.json").read_text())


def step(command, title="web", output=None, attributes=""):
    text = f'{FENCE}{{ .bash title="{title}" {attributes} }}\n{command}\n{FENCE}\n\n'
    return text + (f'{FENCE}text title="Output"\n{output}\n{FENCE}\n\n' if output is not None else "")


def test_steps_run_in_order_in_one_shell_a_node_and_the_evidence_tells(guide, run):
    guide.page(
        step("NAME=value")
        + step("NAME=other", "db")
        + step("echo $NAME", "web, db")
        + step("echo $NAME", output="value")
    )
    status, watcher = run()
    assert status is Status.HELD
    assert watcher.results == [Result.PASSED] * 5
    steps = evidence(guide)["steps"]
    assert [(each["line"], each["node"], each["output"]) for each in steps] == [
        (1, "web", ""),
        (5, "db", ""),
        (9, "web", "value\n"),
        (9, "db", "other\n"),
        (13, "web", "value\n"),
    ]
    assert (
        steps[0].items()
        >= {
            "page": "docs/1-page.md",
            "chapter": 1,
            "command": "NAME=value",
            "kind": "step",
            "status": "passed",
            "exit": 0,
            "attempts": 1,
        }.items()
    )


def test_the_evidence_has_lane_versions_times_and_digests(guide, run):
    guide.page(step("true"))
    run()
    seen = evidence(guide)
    assert seen["lane"] == {"provider": "embedded", "runtime": "containerd", "kubernetes": "none"}
    assert seen["versions"] == {"thing": "1.2.3"}
    assert seen["stand_ins"] == ["Nodes are shells of this machine."]
    assert set(seen["inputs"]) == {"config/nodes.yaml", "config/versions.yaml", "docs/1-page.md", "script/start.sh"}
    assert seen["started"] <= seen["finished"]


def test_after_a_failure_the_rest_is_not_run_and_the_nodes_are_asked(guide, run):
    guide.page(step("true") + step("false") + step("touch never"))
    status, watcher = run()
    assert status is Status.GUIDE_WRONG
    assert watcher.results == [Result.PASSED, Result.FAILED, Result.NOT_RUN]
    assert watcher.outcomes[1].problem.startswith("docs/1-page.md:5 (web): exit 1, expected 0")
    assert not (guide.root / "never").exists()
    assert [each["status"] for each in evidence(guide)["steps"]] == ["passed", "failed", "not-run"]
    assert sorted(path.rpartition("/")[2] for path in watcher.files) == ["db-who.txt", "web-who.txt"]


def test_pages_run_in_the_order_of_the_navigation(guide, run):
    guide.write("mkdocs.yml", (guide.root / "mkdocs.yml").read_text().replace("[1-page.md]", "[2-b.md, 1-a.md]"))
    guide.page(step("echo first >>order"), "docs/2-b.md")
    guide.page(step("echo second >>order"), "docs/1-a.md")
    assert run()[0] is Status.HELD
    assert (guide.root / "order").read_text() == "first\nsecond\n"


def test_the_last_chapter_can_be_chosen(guide, run):
    guide.write(
        "mkdocs.yml", (guide.root / "mkdocs.yml").read_text().replace("[1-page.md]", "[1-a.md, 2-b.md, 3-c.md]")
    )
    for page in ("1-a", "2-b", "3-c"):
        guide.page(step(f"echo {page} >>order"), f"docs/{page}.md")
    status, watcher = run(last=2)
    assert (status, len(watcher.outcomes)) == (Status.HELD, 2)
    assert (guide.root / "order").read_text() == "1-a\n2-b\n"


def test_a_skipped_step_keeps_its_reason(guide, run):
    guide.page(step("true") + step("reboot", attributes='data-skip="no"'))
    status, watcher = run()
    assert (status, watcher.results) == (Status.HELD, [Result.PASSED, Result.SKIPPED])
    assert evidence(guide)["steps"][1]["problem"] == "no"


def test_a_wrong_page_ends_the_run_before_a_node_is_asked(guide, run, capsys):
    guide.page(step("true", "wbe"))
    lab = FakeLab(lambda name: FakeNode(name=name))
    assert run(lab)[0] is Status.INPUT_WRONG
    assert lab.made == []
    assert "docs/1-page.md:1: there is no node wbe" in capsys.readouterr().err


def test_a_chapter_that_does_not_exist_is_wrong_input(guide, run, capsys):
    guide.page(step("true"))
    assert run(last=9)[0] is Status.INPUT_WRONG
    assert "There is no chapter 9 with steps; chapters: 1." in capsys.readouterr().err


def test_a_node_that_dies_is_told_and_the_rest_is_not_run(guide, run):
    guide.page(step("true") + step("true") + step("true"))
    status, watcher = run(FakeLab(lambda name: FakeNode(done(), Reply(Ending.LOST, None, ""), name=name)))
    assert status is Status.GUIDE_WRONG
    assert watcher.results == [Result.PASSED, Result.FAILED, Result.NOT_RUN]
    assert watcher.outcomes[1].lost


def test_nodes_are_closed_in_the_end(guide, run):
    guide.page(step("false"))
    lab = FakeLab(lambda name: FakeNode(done(status=1), name=name))
    run(lab)
    assert lab.made
    assert all(isinstance(node, FakeNode) and node.closed for node in lab.made)


def test_the_report_for_ci_names_every_step_and_the_failure(guide, run):
    guide.page(step("true") + step("false"))
    run()
    report = (guide.root / "build/report/junit.xml").read_text()
    assert 'tests="2"' in report
    assert "docs/1-page.md:5 (web): exit 1, expected 0" in report


def test_an_error_of_our_own_lets_nothing_after_it_pass(guide, run):
    class Broken(FakeNode):
        def run(self, command, seconds):  # noqa: ARG002 - it never gets that far
            raise RuntimeError("ours")

    guide.page(step("true") + step("true"))
    status, watcher = run(FakeLab(lambda name: Broken(name=name)))
    assert status is Status.GUIDE_WRONG
    assert [each["status"] for each in evidence(guide)["steps"]] == ["failed", "not-run"]
    assert Result.PASSED not in watcher.results
