"""What the documentation says of the engine is what the code knows."""

import pytest

from guide.documentation import HOOKS, TABLES, mutation, table
from guide.page import read_pages


@pytest.fixture(scope="module")
def page(root):
    """The page for authors, expanded."""
    [page] = [page for page in read_pages(root) if page.path == "docs/write-your-own-guide.md"]
    return page.text


def test_authors_find_every_attribute_setting_field_and_hook(page):
    missing = [key for rows in TABLES.values() for key in rows if f"| `{key}` | " not in page]
    assert missing == []
    assert "pytest_guide_lab" in HOOKS


def test_authors_find_every_file_of_the_second_guide(page, root):
    guide = root / "tests/guides/nginx"
    files = [path for path in guide.rglob("*") if path.is_file() and guide / "build" not in path.parents]
    assert [str(path) for path in files if f'title="{path.relative_to(root)}"' not in page] == []
    assert len(files) == 8


def test_a_row_is_one_line():
    assert all(line.count("|") == 3 for name in TABLES for line in table(name).split("\n"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "not measured in this build"),
        ("{", "not measured in this build: mutation.json is damaged"),
        ('{"score": 0.9}', "not measured in this build: mutation.json is damaged (KeyError('mutants'))"),
        (
            '{"score": 0.9667, "mutants": 60, "noticed": 58, "started": "2026-11-24T01:02:03+00:00"}',
            "96.7%: 58 of 60 changes were noticed, on 2026-11-24",
        ),
    ],
)
def test_the_mutation_score_comes_from_its_results(tmp_path, text, words):
    if text is not None:
        (tmp_path / "mutation.json").write_text(text)
    assert mutation(tmp_path).startswith(words)
