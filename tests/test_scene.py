"""A page as a row of scenes."""

import pytest

from guide.page import read_pages
from guide.plan import Lane
from guide.play.scene import Boxed, Pictured, Run, Shown, Told, plain, read_scenes
from guide.project import open_project

FENCE = "```"
LANE = Lane("embedded", "containerd", "none")


@pytest.fixture
def scenes(guide):
    """Give the scenes of a page, with commands as node and text."""

    def give(text):
        guide.page(text)
        plan = open_project(guide.root).plan(LANE)
        [page] = read_pages(guide.root)
        return read_scenes(page, plan, LANE)

    return give


def runs(scenes):
    return [
        [(each.step.node, each.step.command) for each in scene.steps] for scene in scenes if isinstance(scene, Run)
    ]


def test_prose_command_and_prose_in_order_without_the_expected_output(scenes):
    command = f'{FENCE}bash title="web, db"\nuptime\n{FENCE}\n\n{FENCE}text title="Output"\n...\n{FENCE}\n'
    seen = scenes(f"# Title\n\nBefore.\n\n{command}After.")
    assert (seen[0], seen[2]) == (Told("# Title\n\nBefore."), Told("After."))
    assert runs(seen) == [[("web", "uptime"), ("db", "uptime")]]


def test_a_file_is_shown_with_its_path(scenes):
    assert scenes('[= file("script/start.sh") =]\n') == [Shown("script/start.sh", "bash", "echo started")]


def test_a_block_that_says_what_it_is(scenes):
    assert scenes(f'{FENCE}{{ .bash data-why="before" }}\nls\n{FENCE}') == [Shown("before", "bash", "ls")]


def test_a_closed_box_is_a_question_with_its_answer(scenes):
    assert scenes('??? question "Who?"\n\n    Me.\n\n    You.\n\nNext.') == [
        Boxed("question", "Who?", (Told("Me.\n\nYou."),), closed=True),
        Told("Next."),
    ]


@pytest.mark.parametrize("sign", ["!!!", "???+"])
def test_an_open_box_is_shown(scenes, sign):
    assert scenes(f"{sign} warning\n    Hot.\n") == [Boxed("warning", "Warning", (Told("Hot."),), closed=False)]


def test_a_tab_of_the_lane_stands_without_its_label_and_one_of_another_lane_not_at_all(scenes):
    seen = scenes(
        f'=== "containerd"\n\n    Here.\n\n    {FENCE}bash title="web"\n    ctr\n    {FENCE}\n\n'
        f'=== "Docker"\n\n    There.\n\n    {FENCE}bash title="web"\n    docker\n    {FENCE}\n\nAfter.'
    )
    assert (seen[0], seen[-1], runs(seen)) == (Told("Here."), Told("After."), [[("web", "ctr")]])


def test_another_tab_keeps_its_label(scenes):
    assert scenes('=== "Linux"\n    Penguins.\n') == [Told("**Linux**"), Told("Penguins.")]


def test_a_drawing_becomes_its_words(scenes):
    svg = '<svg aria-label="Two nodes">\n<rect/>\n\n</svg>'
    drawing = f'<figure markdown="0">\n{svg}\n<figcaption>x</figcaption>\n</figure>'
    assert scenes(f"a\n\n{drawing}\n\nb") == [Told("a"), Pictured("Two nodes"), Told("b")]


def test_the_same_text_twice_runs_twice(scenes, guide):
    guide.write("snippets/say.md", f'{FENCE}bash title="web"\nuptime\n{FENCE}\n')
    assert runs(scenes('[% include "say.md" %]\n\n[% include "say.md" %]\n')) == [[("web", "uptime")]] * 2


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("*[API]: what\nThe API.", "The API."),
        ("One is enough[^more].\n\n[^more]: Often three.", "One is enough.\n\nNote: Often three."),
        ("## Title { #anchor .x }", "## Title"),
        ("[here](2-page.md#x) and [there](https://x.example){: .button }", "here and [there](https://x.example)"),
        ("a <!-- no\nmore --> b", "a  b"),
        ("![Two nodes](x.svg)", "(picture: Two nodes)"),
        ("press <kbd>q</kbd>", "press q"),
        ("`{ .a }` and `[x](y)` and `<tag>`", "`{ .a }` and `[x](y)` and `<tag>`"),
        ("jq '{a: 1}'", "jq '{a: 1}'"),
    ],
)
def test_what_only_a_browser_shows_is_taken_out(text, left):
    assert plain(text) == left


def test_every_step_of_the_guide_is_in_a_scene(root):
    project = open_project(root)
    lane = project.lane("embedded", "containerd")
    plan = project.plan(lane)

    def steps(scenes):
        for scene in scenes:
            if isinstance(scene, Run):
                yield from scene.steps
            if isinstance(scene, Boxed):
                yield from steps(scene.inside)

    assert [step for page in read_pages(root) for step in steps(read_scenes(page, plan, lane))] == plan
