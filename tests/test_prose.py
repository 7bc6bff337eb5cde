"""The pages' words, as far as a program can tell."""

import os
import re
import urllib.error
import urllib.request

import pytest

BELITTLING = re.compile(r"\b(simply|just|easy|easily|obviously|of course)\b", re.IGNORECASE)
OUTSIDE = re.compile(r"\]\((https?://[^)\s]+)\)")


def prose(root):
    """Give the text of pages and snippets by path, without their blocks."""
    paths = [*root.glob("docs/**/*.md"), *root.glob("snippets/*.md")]
    return {
        str(path.relative_to(root)): re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL) for path in paths
    }


def outside_links(root):
    return sorted({link for text in prose(root).values() for link in OUTSIDE.findall(text)})


def test_no_page_says_that_something_is_easy(root):
    found = {path: match[0] for path, text in prose(root).items() if (match := BELITTLING.search(text))}
    assert found == {}


@pytest.mark.parametrize("words", ["It is easy.", "You just start it.", "Simply wait."])
def test_words_that_belittle_are_found(words):
    assert BELITTLING.search(words)


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
