"""Shell with faults, and files that nobody uses."""

import pytest

from guide.errors import InputError, LabError
from guide.files import Mentions
from guide.lint import lint_steps
from guide.project import open_project
from tests.test_plugin import step


def faults(guide):
    with pytest.raises(InputError) as caught:
        open_project(guide.root).refuse_faults()
    return str(caught.value).split("\n")


def settings(guide, text):
    guide.write(
        "mkdocs.yml", (guide.root / "mkdocs.yml").read_text().replace("config: config,", f"config: config, {text},")
    )


def test_a_step_is_linted_at_page_and_line_of_what_is_wrong(guide):
    guide.page("Words.\n\n" + step("echo fine\necho $POD\n"))
    assert faults(guide) == ["docs/1-page.md:5: Double quote to prevent globbing and word splitting. (SC2086)"]


def test_a_step_from_a_snippet_is_linted_at_the_line_of_the_snippet(guide):
    guide.write("snippets/start.md", "\n" + step("echo $POD"))
    guide.page('[% include "start.md" %]\n')
    assert faults(guide) == [
        "docs/1-page.md:1 (snippets/start.md:3): Double quote to prevent globbing and word splitting. (SC2086)"
    ]


def test_scripts_are_linted(guide):
    settings(guide, "used: [script]")
    guide.write("script/start.sh", "echo started\necho $1\n")
    guide.page(step("source script/start.sh"))
    assert faults(guide) == ["script/start.sh:2: Double quote to prevent globbing and word splitting. (SC2086)"]


def test_variables_may_be_made_and_used_in_different_steps(guide):
    guide.page(step("NAME=value") + step('echo "$NAME"') + step("source script/start.sh"))
    open_project(guide.root).refuse_faults()


def test_steps_of_every_lane_are_linted(guide):
    guide.page('=== "Docker"\n\n    ```bash title="web"\n    echo $X\n    ```\n')
    assert faults(guide) == ["docs/1-page.md:4: Double quote to prevent globbing and word splitting. (SC2086)"]


def test_a_machine_without_shellcheck_says_so(guide, monkeypatch):
    guide.page(step("true"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LabError, match="shellcheck is missing"):
        lint_steps(open_project(guide.root).plan(open_project(guide.root).lane("embedded", "containerd")))


def test_a_file_that_nobody_uses_is_named(guide):
    settings(guide, "used: [script, config], others: {config: nodes are made from it}")
    guide.write("script/idle.sh", "true\n")
    guide.write("script/shown.sh", "true\n")
    guide.write("script/inner.sh", "true\n")
    guide.write("script/start.sh", ". script/inner.sh\n")
    guide.page(step("source script/start.sh") + '[= file("script/shown.sh") =]\n')
    assert faults(guide) == ["script/idle.sh: no step names it and no page shows it"]


def test_a_command_mentions_what_its_files_mention(guide):
    guide.write("script/inner.sh", "cat config/nodes.yaml\n")
    guide.write("script/start.sh", ". script/inner.sh\n")
    found = Mentions(guide.root, ["script", "config"]).of("source /vagrant/script/start.sh")
    assert found == {"script/start.sh", "script/inner.sh", "config/nodes.yaml"}
