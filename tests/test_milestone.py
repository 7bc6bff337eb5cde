"""Which start of a chapter that was kept still is what the guide leads to."""

import shutil

import pytest

from guide.milestone import before, called, latest
from guide.node import Reply
from guide.project import open_project
from guide.run import Outcome, Result
from tests.fake import done
from tests.test_plugin import step

PAGES = {1: "cd docs", 2: ". script/start.sh", 3: "true"}


class Kept:
    """A guide of three chapters, and notes of its way at the start of some of them."""

    def __init__(self, guide):
        self.guide = guide
        guide.write("mkdocs.yml", (guide.root / "mkdocs.yml").read_text().replace("1-page.md", "1.md, 2.md, 3.md"))
        for chapter, command in PAGES.items():
            guide.page(step(command), f"docs/{chapter}.md")
        self.kept = {}

    @property
    def project(self):
        return open_project(self.guide.root)

    def plan(self, runtime="containerd"):
        return self.project.plan(self.project.lane("vagrant", runtime))

    def keep(self, chapter, reply: Reply | None = None):
        """Note the start of a chapter; without a reply its last step has not passed."""
        folder = self.guide.root / "kept" / called(chapter)
        folder.mkdir(parents=True)
        place = self.project.place(folder, self.project.lane("vagrant", "containerd"))
        passed = before(self.plan(), chapter)
        place.begin({"web": "boot"}, passed)
        for each in passed if reply else passed[:-1]:
            place.note(Outcome(each, Result.PASSED, 0.1, 1, reply or done()))
        self.kept[called(chapter)] = folder

    def latest(self, chapter, runtime="containerd"):
        project = self.project
        lane = project.lane("vagrant", runtime)
        return latest(self.kept, lambda notes: project.place(notes, lane), self.plan(runtime), chapter)


@pytest.fixture
def starts(guide):
    return Kept(guide)


def test_the_last_start_that_is_not_behind_the_wanted_one_is_taken(starts):
    assert starts.latest(3) is None
    starts.keep(1, done())
    starts.keep(3, done())
    assert (starts.latest(1), starts.latest(2), starts.latest(3)) == (1, 1, 3)


def test_a_start_whose_way_has_changed_is_not_taken(starts, guide):
    starts.keep(2, done())
    starts.keep(3, done())
    guide.write("script/start.sh", "echo another\n")
    assert starts.latest(3) == 2
    guide.page("Words.\n\n" + step("cd script"), "docs/1.md")
    assert starts.latest(3) is None


def test_what_comes_later_may_change(starts, guide):
    starts.keep(2, done())
    guide.page(step("false"), "docs/2.md")
    assert starts.latest(2) == 2


def test_nodes_made_from_something_else_are_not_taken(starts, guide):
    starts.keep(2, done())
    guide.write("config/versions.yaml", "thing: 2\ngo: 1.26.6\ndebian: trixie\nimages: {}\n")
    assert starts.latest(2) is None


def test_a_way_that_was_not_gone_to_its_end_is_not_taken(starts):
    starts.keep(3)
    assert starts.latest(3) is None


def test_another_lane_is_not_taken(starts):
    starts.keep(2, done())
    assert starts.latest(2, "docker") is None


def test_damaged_notes_are_not_taken(starts):
    starts.keep(2, done())
    (starts.kept[called(2)] / "progress.jsonl").write_text("{")
    assert starts.latest(2) is None
    shutil.rmtree(starts.kept[called(2)])
    assert starts.latest(2) is None
