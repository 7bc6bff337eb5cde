"""Trials on shells of this machine, and what their answers say of a mutant."""

import pytest

from guide.errors import Status
from guide.mutation.job import Answer, Job, Seen, read_answer, read_job
from guide.mutation.measure import shared_verdicts
from guide.mutation.mutant import Kind, Mutant
from guide.mutation.trial import run_plan
from guide.mutation.verdict import Found, by_reply, by_trial
from guide.mutation.way import Task, Way
from guide.node import Ending, Reply
from guide.page import Location
from guide.plan import Planned
from guide.project import open_project
from guide.step import Step
from tests.fake import FakeLab, FakeNode, done, local_bash

FENCE = "```"
MUTANT = Mutant("script/start.sh", 1, 1, ("",), Kind.STATEMENT, "deleted: it")


def step(command, attributes="", node="web"):
    return f'{FENCE}{{ .bash title="{node}" {attributes} }}\n{command}\n{FENCE}\n\n'


def planned(command, line, chapter=1, **values):
    return Planned(Step(Location("docs/1-page.md", line), "web", command, **values), chapter, 1)


@pytest.fixture
def run(guide):
    def run_guide(text, job, lab=None):
        guide.page(text)
        project = open_project(guide.root)
        plan = project.plan(project.lane("embedded", "containerd"))
        (guide.root / "build").mkdir(exist_ok=True)
        return run_plan(project, plan, lab or FakeLab(lambda name: local_bash(name, guide.root)), job)

    return run_guide


def test_a_trial_runs_until_a_step_fails(run, guide):
    answer = run(step("true") + step("false") + step("touch never"), Job("containerd"))
    assert (answer.status, answer.failed) == (Status.GUIDE_WRONG, 1)
    assert [seen.result for seen in answer.steps] == ["passed", "failed"]
    assert not (guide.root / "never").exists()


def test_a_check_waits_no_longer_than_the_trial_has_patience(run):
    answer = run(step("false", attributes='data-check="9m"'), Job("containerd", {"docs/1-page.md:1": 0.4}))
    assert answer.status is Status.GUIDE_WRONG
    assert answer.steps[0].seconds < 5


def test_patience_comes_from_the_clean_run_and_counts_the_slowest_node():
    seen = [Seen("a", "passed", seconds, "", None) for seconds in (1.0, 3.0)]
    assert Answer(Status.HELD, "", seen).patience() == {"a": 17.0}


def test_bent_looks_see_the_variables_of_the_shell_and_leave_no_trace_in_it(run):
    looks = [
        (0, planned('[ "$A" = 1 ]', 90)),
        (0, planned("A=2; false", 91)),
        (0, planned("exit 0", 92)),
        (1, planned("cat /nowhere", 93)),
    ]
    answer = run(step("A=1") + step('[ "$A" = 1 ]') + step("true"), Job("containerd", {}, looks))
    assert answer.status is Status.HELD
    assert [look.result for look in answer.looks] == ["passed", "failed", "failed", "failed"]


def test_a_node_that_is_lost_makes_no_trial(run):
    lab = FakeLab(lambda name: FakeNode(Reply(Ending.LOST, None, ""), name=name))
    assert run(step("true"), Job("containerd"), lab).status is Status.NO_LAB


def test_jobs_and_answers_come_through_files_unchanged(run, guide):
    text = step("echo 7", attributes='data-check="3s"') + f'{FENCE}text title="Output"\n7\n{FENCE}\n'
    answer = run(text, Job("containerd"))
    project = open_project(guide.root)
    [look] = project.plan(project.lane("embedded", "containerd"))
    job = Job("containerd", {"a": 1.5}, [(0, look)])
    job.write(guide.root)
    assert read_job(guide.root) == job
    assert read_answer(guide.root) is None
    answer.write(guide.root)
    assert read_answer(guide.root) == answer


PLAN = [planned("a", 1, 1), planned("b", 5, 1), planned("c", 9, 2)]


def failed_at(*places):
    seen = [Seen(place, "passed", 0.1, "", done()) for place in places]
    seen[-1] = Seen(places[-1], "failed", 0.1, f"{places[-1]} (web): exit 1\nand more", done(status=1))
    return Answer(Status.GUIDE_WRONG, "", seen)


def test_a_mutant_is_noticed_by_the_step_that_fails_and_the_distance_is_told():
    verdict = by_trial(Task(MUTANT, 0, Way.ALONE), failed_at("docs/1-page.md:1", "docs/1-page.md:9"), PLAN)
    assert (verdict.found, verdict.step, verdict.steps, verdict.chapters) == (Found.NOTICED, 2, 2, 1)
    assert verdict.problem == "docs/1-page.md:9 (web): exit 1"


def test_a_mutant_after_which_everything_holds_is_unnoticed():
    assert by_trial(Task(MUTANT, 0, Way.ALONE), Answer(Status.HELD), PLAN).found is Found.UNNOTICED


def test_a_failure_before_the_place_of_the_mutant_proves_nothing():
    verdict = by_trial(Task(MUTANT, 1, Way.ALONE), failed_at("docs/1-page.md:1"), PLAN)
    assert verdict.found is Found.BROKEN
    assert "a step before it failed" in verdict.problem


@pytest.mark.parametrize("status", [Status.NO_LAB, Status.INTERRUPTED])
def test_a_trial_without_a_lab_is_broken_and_not_noticed(status):
    assert by_trial(Task(MUTANT, 0, Way.ALONE), Answer(status, "no nodes"), PLAN).found is Found.BROKEN


def test_pages_that_cannot_be_read_are_noticed():
    verdict = by_trial(Task(MUTANT, 0, Way.ALONE), Answer(Status.INPUT_WRONG, "docs/1-page.md:1: wrong"), PLAN)
    assert (verdict.found, verdict.problem) == (Found.NOTICED, "docs/1-page.md:1: wrong")


def test_another_expectation_is_judged_by_the_clean_runs_reply():
    clean = Answer(Status.HELD, "", [Seen("docs/1-page.md:1", "passed", 0.1, "", done(status=3))])
    task = Task(MUTANT, 0, Way.REPLY, ((0, planned("a", 1, exit=4)),))
    assert by_reply(task, clean, (), PLAN).problem == "docs/1-page.md:1: exit 3, expected 4"
    assert by_reply(Task(MUTANT, 0, Way.REPLY, ((0, planned("a", 1, exit=3)),)), clean, (), PLAN).found is (
        Found.UNNOTICED
    )


def test_looks_in_the_shared_lab_find_their_mutants_again():
    later, sooner = planned("b", 5), planned("a", 1)
    tasks = [Task(MUTANT, 0, Way.LOOK, ((0, sooner), (1, later))), Task(MUTANT, 0, Way.LOOK, ((0, sooner),))]
    # In the order in which they were run: both after the first step, then the one after the second.
    looks = [
        Seen("1", "passed", 0, "", done()),
        Seen("2", "passed", 0, "", done()),
        Seen("3", "failed", 0, "no", done()),
    ]
    verdicts = [*shared_verdicts(tasks, Answer(Status.HELD, "", [], looks), PLAN)]
    assert [(verdict.found, verdict.problem) for verdict in verdicts] == [
        (Found.NOTICED, "no"),
        (Found.UNNOTICED, ""),
    ]
