"""The pytest plugin on small guides whose nodes are shells of this machine."""

import json
import os
import subprocess
import sys
import tomllib

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
        self.attempts = []
        self.plan = []

    def pytest_guide_selected(self, plan):
        self.plan = plan

    def pytest_guide_attempt(self, attempts, problem):
        self.attempts.append((attempts, problem))

    def pytest_guide_finished(self, outcome):
        self.outcomes.append(outcome)

    def pytest_guide_diagnostics(self, files):
        self.files += files

    def pytest_keyboard_interrupt(self, excinfo):
        self.given_up = str(getattr(excinfo.value, "msg", ""))

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


def test_a_run_leaves_its_reports_also_after_a_failure(guide, run):
    guide.page(step("true") + step("false"))
    run()
    report = guide.root / "build/report"
    assert "docs/1-page.md:5 (web): exit 1, expected 0" in (report / "junit.xml").read_text()
    html = (report / "index.html").read_text()
    assert "docs/1-page.md:5 (web): exit 1, expected 0" in html
    assert "web-who.txt" in html
    assert evidence(guide)["diagnostics"] == ["report/diagnostics/web-who.txt", "report/diagnostics/db-who.txt"]


def test_what_an_earlier_failure_left_goes_with_the_next_run(guide, run):
    guide.page(step("false"))
    run()
    guide.page(step("true"))
    run()
    assert not (guide.root / "build/report/diagnostics").exists()


def test_a_run_that_is_interrupted_leaves_its_reports(guide, run):
    class Interrupted(FakeNode):
        def run(self, command, seconds):
            if command == "sleep 60":
                raise KeyboardInterrupt
            return super().run(command, seconds)

    guide.page(step("true") + step("sleep 60"))
    assert run(FakeLab(lambda name: Interrupted(name=name)))[0] is Status.INTERRUPTED
    assert [each["status"] for each in evidence(guide)["steps"]] == ["passed", "not-run"]
    assert "interrupted" in (guide.root / "build/report/index.html").read_text()


def test_where_results_cannot_be_written_no_node_is_asked(guide, run, capsys):
    guide.page(step("true"))
    guide.write("build/report", "a file where the folder should be")
    lab = FakeLab(lambda name: FakeNode(name=name))
    assert run(lab)[0] is Status.INPUT_WRONG
    assert lab.made == []
    said = capsys.readouterr().err
    assert f"Results cannot be written to {guide.root}/build: File exists ({guide.root}/build/report)." in said
    assert "Traceback" not in said


def test_a_report_that_cannot_be_written_in_the_end_is_told_in_a_sentence(guide, run, capsys):
    guide.page(step("true"))
    guide.write("build/report/index.html/file", "a folder where the report should be")
    assert run()[0] is Status.INPUT_WRONG
    said = capsys.readouterr().err
    assert "The results cannot be written: " in said
    assert "Traceback" not in said


def test_attempts_of_a_check_are_told(guide, run):
    guide.page(step("echo >>tries; wc -l <tries", output="3", attributes='data-check="20s"'))
    status, watcher = run()
    assert status is Status.HELD
    assert watcher.attempts == [(1, "it did not print 3"), (2, "it did not print 3")]


def test_the_steps_that_will_run_are_told_before_the_first(guide, run):
    guide.page(step("true") + step("true", "db"))
    _, watcher = run()
    assert [planned.step.node for planned in watcher.plan] == ["web", "db"]


WORD = "7d2f0c9ab1e84f6d8a35c07be19d42f6"


def with_secrets(guide):
    settings = "extra:\n  guide: {config: config, inputs: [docs], diagnostics: {it: cat token}, secrets: [%s/token]}"
    text = (guide.root / "mkdocs.yml").read_text()
    guide.write("mkdocs.yml", text[: text.index("extra:")] + settings % guide.root + "\nnav: [1-page.md]\n")


@pytest.mark.parametrize("node", ["web", "host"])
def test_a_secret_that_a_step_makes_and_prints_is_seen_by_nobody(guide, run, node):
    # `printf`, so that the page itself, which the evidence repeats, does not hold it.
    make = "printf '%s%s' 7d2f0c9ab1e84f6d 8a35c07be19d42f6 | tee token; echo"
    with_secrets(guide)
    guide.page(step(make, "web") + step("cat token; false", node))
    status, watcher = run()
    assert status is Status.GUIDE_WRONG
    for outcome in watcher.outcomes:
        assert outcome.reply.output.strip() == "***"
        assert WORD not in repr(outcome)
    seen = {path: path.read_text() for path in (guide.root / "build").rglob("*") if path.is_file()}
    assert {path.name for path in seen} == {
        "embedded-containerd-none.json", "index.html", "junit.xml", "web-it.txt", "db-it.txt"
    }  # fmt: skip
    for path, text in seen.items():
        assert ("***" in text, WORD in text) == (True, False), path


def test_a_secret_that_comes_into_its_file_later_is_masked_in_the_evidence(guide, run):
    with_secrets(guide)
    guide.page(
        step("SECRET=$(printf '%s%s' 7d2f0c9ab1e84f6d 8a35c07be19d42f6); echo $SECRET") + step("echo $SECRET >token")
    )
    assert run()[0] is Status.HELD
    assert evidence(guide)["steps"][0]["output"] == "***\n"


def test_an_error_of_our_own_lets_nothing_after_it_pass(guide, run):
    class Broken(FakeNode):
        def run(self, command, seconds):  # noqa: ARG002 - it never gets that far
            raise RuntimeError("ours")

    guide.page(step("true") + step("true"))
    status, watcher = run(FakeLab(lambda name: Broken(name=name)))
    assert status is Status.GUIDE_WRONG
    assert [each["status"] for each in evidence(guide)["steps"]] == ["failed", "not-run"]
    assert Result.PASSED not in watcher.results


def test_the_plugin_is_loaded_once_where_the_package_is_installed_too(guide, root):
    points = tomllib.loads((root / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"]
    lines = [f"{name} = {module}" for name, module in points.items()]
    guide.write("site/thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
    guide.write("site/thing-1.0.dist-info/entry_points.txt", "\n".join(["[pytest11]", *lines, ""]))
    guide.page(step("true"))
    env = {**os.environ, "PYTHONPATH": f"{root / 'src'}:{guide.root / 'site'}"}
    for options in ([], ["-p", "guide.plugin"]):  # as a reader calls it, and as the front door does
        command = [sys.executable, "-m", "pytest", *options, "-p", "no:cacheprovider", "--collect-only", "-q", "docs"]
        done = subprocess.run(command, cwd=guide.root, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, "docs/1-page.md::1-web" in done.stdout) == (0, True), done.stdout + done.stderr
