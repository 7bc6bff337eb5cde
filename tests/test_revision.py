"""What was seen is written into pages and snippets; the nodes are shells of this machine."""

import pytest

from guide.acceptance import Acceptance
from guide.errors import GuideError
from guide.node import Ending, Reply
from guide.page import read_pages
from guide.project import open_project
from guide.revision import read_sources, revise
from guide.run import Result
from guide.runner import Choice, run_pytest
from guide.source import read_signs
from tests.fake import FakeLab, FakeNode, done, local_bash, planned

FENCE = "```"


def step(command, output=None, title="web", attributes=""):
    text = f'{FENCE}{{ .bash title="{title}" {attributes} }}\n{command}\n{FENCE}\n\n'
    return text + (f'{FENCE}text title="Output"\n{output}\n{FENCE}\n\n' if output is not None else "")


@pytest.fixture
def see(guide, tmp_path):
    """Run the guide leniently, and give what would be written."""

    def run(lab=None, last=None, first=None):
        project = open_project(guide.root)
        plan = project.plan(project.lane("embedded", "containerd"))
        acceptance = Acceptance(project.settings.fluid)
        lab = lab or FakeLab(lambda name: local_bash(name, tmp_path))
        run_pytest(guide.root, "docs", Choice("containerd", last), [lab, acceptance])
        assert not acceptance.refused
        pages = read_pages(guide.root)
        wanted = [each for each in plan if first is None or (each.chapter or 0) >= first]
        sources, signs = read_sources(guide.root, pages), read_signs(guide.root)
        changes = revise(pages, plan, acceptance.outcomes, wanted, sources, signs, project.settings.fluid)
        return {each.path: each.after for each in changes}

    return run


def test_what_was_seen_goes_into_the_page_and_all_else_stays(guide, see):
    before = "# Title  \n\n" + step("echo a", "a") + "Text.\n\n" + step("printf 'x  y\\nz\\n'", "x  w\n...") + "End"
    guide.page(before)
    assert see() == {"docs/1-page.md": before.replace("x  w\n...", "x  y\n...")}


def test_an_empty_output_is_filled_in(guide, see):
    guide.page(step("printf 'a\\n\\n b\\n'", "") + step("echo c") + f'{FENCE}text title="Output"\n{FENCE}\n')
    assert see()["docs/1-page.md"] == step("printf 'a\\n\\n b\\n'", "a\n\n b") + step("echo c", "c")[:-1]


def test_nothing_changes_where_everything_holds(guide, see):
    guide.page(step("echo $((6 * 7)) 3s", "42 9s"))
    assert see() == {}


def test_a_step_after_a_wrong_output_is_run(guide, see):
    guide.page(step("echo a >file; echo 1", "2") + step("cat file", "b"))
    assert see()["docs/1-page.md"] == step("echo a >file; echo 1", "1") + step("cat file", "a")


def test_indentation_fence_and_attributes_stay_byte_for_byte(guide, see):
    block = (
        '=== "containerd"\n\n\t~~~~ { .bash   title="web" }\n\tprintf \'a\\n\\nb\\n\'\n\t~~~~\n\n'
        "\t~~~~{ .text title='Output' }\n\tx\n\t~~~~\n"
    )
    guide.page(block)
    assert see() == {"docs/1-page.md": block.replace("\tx\n", "\ta\n\n\tb\n")}


def test_macros_in_lines_stay(guide, see):
    guide.page(step("echo 10.20.0.10 is new", '[= nodes["web"] =] is old'))
    assert see()["docs/1-page.md"] == step("echo 10.20.0.10 is new", '[= nodes["web"] =] is new')


def test_expressions_stay_where_they_hold(guide, see):
    text = (
        step("printf '12 a\\nb.c\\n'") + f'{FENCE}{{ .text title="Output" data-match="regex" }}\n\\d+ a\nx\n{FENCE}\n'
    )
    guide.page(text)
    assert see() == {"docs/1-page.md": text.replace("x\n", "b\\.c\n")}


def test_a_snippet_of_several_pages_is_written_once(guide, see):
    guide.write("mkdocs.yml", (guide.root / "mkdocs.yml").read_text().replace("[1-page.md]", "[1-a.md, 2-b.md]"))
    guide.write("snippets/say.md", step("echo [= word =] new; echo [= word =]", "[= word =] old\n[= word =]"))
    for path in ("docs/1-a.md", "docs/2-b.md"):
        guide.page(f'[% set word = "{path[-4]}" %]\n\n[% include "say.md" %]\n', path)
    assert see() == {"snippets/say.md": step("echo [= word =] new; echo [= word =]", "[= word =] new\n[= word =]")}


def test_a_snippet_whose_pages_saw_different_things_is_refused_with_both_places(guide, see):
    guide.write("snippets/say.md", step("echo $((++count))", "0"))
    guide.page('[% include "say.md" %]\n\n[% include "say.md" %]\n')
    with pytest.raises(GuideError) as caught:
        see()
    assert str(caught.value) == (
        "docs/1-page.md:1 (snippets/say.md:5) (web), docs/1-page.md:3 (snippets/say.md:5) (web): "
        "one text cannot fit what was seen: elide what differs, or write a block for each"
    )


def test_a_snippet_that_stands_on_a_page_that_was_not_run_is_refused(guide, see):
    guide.write("mkdocs.yml", (guide.root / "mkdocs.yml").read_text().replace("[1-page.md]", "[1-a.md, 2-b.md]"))
    guide.write("snippets/say.md", step("echo a", "b"))
    for path in ("docs/1-a.md", "docs/2-b.md"):
        guide.page('[% include "say.md" %]\n', path)
    with pytest.raises(GuideError, match=r"docs/2-b.md:1 .* was not run: run its chapter, too"):
        see(last=1)


def test_one_output_of_two_nodes_has_to_fit_both(guide, see):
    guide.page(step("echo a 3s", "b", "web, db"))
    assert see()["docs/1-page.md"] == step("echo a 3s", "a 3s", "web, db")
    lab = FakeLab(lambda name: FakeNode(done(f"{name}\n"), name=name))
    with pytest.raises(GuideError, match=r"docs/1-page.md:5 \(web\), docs/1-page.md:5 \(db\): one text cannot fit"):
        see(lab)


def test_an_output_that_a_macro_makes_is_refused_with_its_place(guide, see):
    guide.page(step("echo a", '[= "x\\ny" =]') + step("echo b", "c"))
    with pytest.raises(GuideError, match=r"^docs/1-page.md:5: a macro makes lines of this block"):
        see()
    guide.page("[% for i in (1, 2) %]\n" + step("echo a", "b") + "[% endfor %]\n")
    with pytest.raises(GuideError, match=r"^docs/1-page.md:6: a macro repeats this block"):
        see()


def test_what_would_end_the_block_or_begin_a_macro_is_refused(guide, see):
    guide.page(step("echo '```'", "x"))
    with pytest.raises(GuideError, match=r"docs/1-page.md:5: '```' was seen and ends the block: use a longer fence"):
        see()
    guide.page(step("echo '[' | sed 's/$/= x =]/'", "x"))
    with pytest.raises(GuideError, match=r"docs/1-page.md:5: '\[= x =\]' was seen and has a macro's sign: elide it"):
        see()


def test_chapters_before_the_first_wanted_stay(guide, see):
    guide.write("mkdocs.yml", (guide.root / "mkdocs.yml").read_text().replace("[1-page.md]", "[1-a.md, 2-b.md]"))
    for path in ("docs/1-a.md", "docs/2-b.md"):
        guide.page(step("echo a", "b"), path)
    assert see(first=2) == {"docs/2-b.md": step("echo a", "a")}


def test_a_check_is_given_up_when_its_output_has_settled(guide, see, monkeypatch):
    monkeypatch.setattr("guide.acceptance.SETTLED", 0.3)
    guide.page(step("echo a 5s", "b", attributes='data-check="60s"'))
    assert see()["docs/1-page.md"] == step("echo a 5s", "a 5s", attributes='data-check="60s"')


def test_a_check_whose_output_moves_is_not_given_up(guide, see, monkeypatch):
    monkeypatch.setattr("guide.acceptance.SETTLED", 0.3)
    guide.page(
        step("n=$((n + 1)); if [ $n -lt 5 ]; then echo $n; else echo end; fi", "end", attributes='data-check="60s"')
    )
    assert see() == {}


def test_a_check_with_a_wrong_status_is_not_given_up():
    acceptance = Acceptance(())
    look = planned("look")
    assert not acceptance.pytest_guide_enough(look, done(status=1))


@pytest.mark.parametrize("reply", [done("x", 1), Reply(Ending.TIMEOUT, None, "x"), Reply(Ending.LOST, None, "x")])
def test_a_step_that_fails_otherwise_ends_the_run(guide, reply):
    guide.page(step("true", "b") + step("true"))
    acceptance = Acceptance(())
    run_pytest(guide.root, "docs", Choice("containerd", None), [FakeLab(lambda _: FakeNode(reply)), acceptance])
    assert [each.result for each in acceptance.refused] == [Result.FAILED, Result.NOT_RUN]
