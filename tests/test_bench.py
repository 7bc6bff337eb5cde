"""Measuring: what is compared with what, and that a time of something that failed is none."""

import json
import subprocess
import sys

import pytest
import yaml

from guide.bench import Timed, plain_copy
from guide.page import read_pages
from tests.test_cli import FENCE, call, says

__all__ = ["call"]


def test_a_ratio_is_that_of_the_medians():
    one = Timed("one", [2.0, 9.0, 1.0])
    two = Timed("two", [3.0, 2.0, 5.0], one, 1.3)
    assert (one.typical, one.ratio, two.typical, two.ratio) == (2.0, None, 3.0, 1.5)
    assert one.describe() == {"name": "one", "seconds": [2.0, 9.0, 1.0]}
    assert two.describe() == {
        "name": "two",
        "seconds": [3.0, 2.0, 5.0],
        "compared with": "one",
        "ratio": 1.5,
        "at most": 1.3,
    }


def test_mkdocs_alone_builds_the_same_words_without_what_is_ours(guide, tmp_path_factory):
    copy = tmp_path_factory.mktemp("plain")
    (guide.root / "mkdocs.yml").write_text((guide.root / "mkdocs.yml").read_text() + "hooks: [macros/hooks.py]\n")
    guide.write("macros/hooks.py", "")
    guide.page('---\ndescription: head of it\n---\n# One\n\nThis is [= nodes["web"] =].\n')
    plain_copy(guide.root, read_pages(guide.root), copy)
    config = yaml.safe_load((copy / "mkdocs.yml").read_text())
    assert (config["plugins"], "hooks" in config, "extra" in config) == ([], False, False)
    assert not (copy / "macros").exists()
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"], cwd=copy, check=True)
    html = (copy / "site/1-page.html").read_text()
    assert "This is 10.20.0.10." in html
    assert "description: head" not in html


def test_what_was_measured_is_told_and_written(guide, call):
    guide.page(f'{FENCE}bash title="web"\nuptime\n{FENCE}\n')
    done = call("bench", "plan", "site", "--repeat", "2", "--json")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen == json.loads((guide.root / "build/bench.json").read_text())
    assert [each["name"] for each in seen["results"]] == ["plan", "site, by MkDocs alone", "site"]
    assert all(len(each["seconds"]) == 2 and min(each["seconds"]) > 0 for each in seen["results"])
    assert seen["results"][2]["at most"] == 2.0
    assert "Traceback" not in done.stderr


def test_a_command_that_fails_has_no_time(guide, call):
    guide.page(f'{FENCE}bash title="wbe"\nuptime\n{FENCE}\n')
    says(call("bench", "plan", "--repeat", "1"), 1, "guide plan ended with status 2, so its time says nothing.")
    assert not (guide.root / "build/bench.json").exists()


@pytest.mark.parametrize(
    ("arguments", "words"), [(("sleep",), "'sleep' is not one of"), (("--repeat", "0"), "0 is not in the range")]
)
def test_wrong_choices_are_told(guide, call, arguments, words):
    guide.page("x")
    says(call("bench", *arguments), 2, words)
