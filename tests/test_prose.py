"""The pages' words, as far as a program can tell."""

import os
import re
import urllib.error
import urllib.request

import pytest

BELITTLING = re.compile(
    r"\b(simply|just|eas(?:y|ily)|obvious(?:ly)?|of course|trivial(?:ly)?|clearly|merely|as you know)\b",
    re.IGNORECASE,
)
LONGEST = 40  # words of a sentence
OUTSIDE = re.compile(r"\]\((https?://[^)\s]+)\)")


def prose(root):
    """Give the text of pages, snippets and what stands beside them by path, without their blocks and macros."""
    paths = [*root.glob("docs/**/*.md"), *root.glob("snippets/*.md"), *root.glob("*.md")]
    return {
        str(path.relative_to(root)): re.sub(r"```.*?```|\[%.*?%\]", "", path.read_text(), flags=re.DOTALL)
        for path in paths
    }


def outside_links(root):
    return sorted({link for text in prose(root).values() for link in OUTSIDE.findall(text)})


def sentences(text):
    """Give the sentences of paragraphs, lists and the cells of tables."""
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:- |[|#]))|\|", text):
        yield from re.split(r"(?<=[.?!:;])\s+", " ".join(paragraph.split()))


def without_a_word(lines):
    """Give the numbers of the lines where a step begins right after another block, with nothing said between."""
    said = before_tabs = in_tabs = False
    fence = ""
    for number, line in enumerate(lines, start=1):
        words = line.strip()
        if fence:
            fence = "" if words == fence else fence
            continue
        if words and not line.startswith((" ", "===")):
            in_tabs = False
        if opening := re.match(r"`{3,}", words):
            fence = opening[0]
            if 'title="Output"' not in words:
                if not said:
                    yield number
                said = False
        elif line.startswith("==="):
            before_tabs = before_tabs if in_tabs else said
            said, in_tabs = before_tabs, True
        elif words and not words.startswith(("#", "|", "<", "[= file", "[% set")):
            said = True


BLOCK = '```bash title="a"\nls\n```'


def test_no_page_says_that_something_is_easy(root):
    found = {path: match[0] for path, text in prose(root).items() if (match := BELITTLING.search(text))}
    assert found == {}


@pytest.mark.parametrize("words", ["It is easy.", "You just start it.", "Simply wait.", "Obvious, of course."])
def test_words_that_belittle_are_found(words):
    assert BELITTLING.search(words)


def test_no_sentence_is_longer_than_one_can_hold(root):
    long = [
        f"{path}: {each}"
        for path, text in prose(root).items()
        for each in sentences(text)
        if len(each.split()) > LONGEST
    ]
    assert long == []


def test_sentences_are_those_of_paragraphs_lists_and_cells():
    found = [each for each in sentences("One two; three.\n\n- Four\n  five.\n- Six.\n\n| seven | eight |") if each]
    assert found == ["One two;", "three.", "- Four five.", "- Six.", "seven", "eight"]


def test_something_is_said_before_every_step(root):
    pages = [path for path in root.glob("docs/*.md") if path.name[0].isdigit()]
    silent = {path.name: list(without_a_word(path.read_text().split("\n"))) for path in pages}
    assert {name: numbers for name, numbers in silent.items() if numbers} == {}
    assert len(pages) == 9


@pytest.mark.parametrize(
    ("between", "silent"),
    [
        ("Words.", []),
        ("## Title", [6]),
        ('=== "Docker"\n\n=== "containerd"', [8]),
        ('Words.\n\n=== "Docker"\n\n    More.\n\n=== "containerd"', []),
    ],
)
def test_a_step_before_which_nothing_is_said_is_found(between, silent):
    assert list(without_a_word(f"Words.\n{BLOCK}\n{between}\n{BLOCK}".split("\n"))) == silent


@pytest.mark.parametrize("chapter", range(1, 8))
def test_a_chapter_says_what_one_will_have_shows_it_checks_it_and_says_what_is_next(root, chapter):
    [path] = root.glob(f"docs/{chapter}-*.md")
    text = path.read_text()
    parts = [
        "At the end of this chapter",
        '[% include "cluster.svg" %]',
        "\n## Check your work",
        "\nIf ",
        f"[Troubleshooting](reference/troubleshooting.md#chapter-{chapter}-",
        "\n## What is next",
    ]
    after = text
    for part in parts:
        assert part in after
        after = after.split(part, 1)[1]
    assert "??? question" in text


def test_links_to_other_sites_are_encrypted_and_have_a_host(root):
    links = outside_links(root)
    assert len(links) > 5
    assert {link for link in links if not re.match(r"https://[\w.-]+\.[a-z]+(/|$)", link)} == set()


def answer(link):
    """Give the status that a page's server answers with."""
    request = urllib.request.Request(link, headers={"User-Agent": "Mozilla/5.0 (kubernetes-from-scratch)"})  # noqa: S310 - https
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310 - https
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def test_links_to_other_sites_lead_somewhere(root):
    links = outside_links(root)
    if os.environ.get("GUIDE_INTERNET") != "yes":
        pytest.skip(f"without GUIDE_INTERNET=yes, {len(links)} links are not looked up: {' '.join(links)}")
    # Whatever else a server says, a page that it does not have is 404 or 410.
    assert [link for link in links if answer(link) in (404, 410)] == []
