"""The front door and its commands as a person calls them: what they say, and their exit statuses."""

import json
import os
import subprocess
import sys

import pytest

FENCE = "```"


@pytest.fixture
def call(guide, root):
    """Call the package on the small guide."""

    def call_guide(*arguments, env=None):
        return subprocess.run(
            [sys.executable, "-m", "guide", *arguments],
            cwd=guide.root,
            env={**os.environ, "PYTHONPATH": str(root / "src"), "GUIDE_ROOT": str(guide.root), **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    return call_guide


def test_plan_lists_the_steps(guide, call):
    guide.page(f'{FENCE}bash title="web, db"\nuptime\n{FENCE}\n')
    done = call("plan")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "2 steps"
    assert done.stdout.splitlines()[0].split() == ["1.1", "docs/1-page.md:1", "web", "step", "uptime"]


def test_chapter_0_is_a_chapter(guide, call):
    guide.write("mkdocs.yml", (guide.root / "mkdocs.yml").read_text().replace("[1-page.md]", "[0-a.md, 1-b.md]"))
    for name in ("0-a", "1-b"):
        guide.page(f'{FENCE}bash title="web"\nuptime\n{FENCE}\n', f"docs/{name}.md")
    assert call("plan", "--to", "0").stdout.splitlines()[-1] == "1 step"
    assert call("plan", "--from", "0").stdout.splitlines()[-1] == "2 steps"


def test_plan_as_json_is_the_evidence_without_outcomes(guide, call):
    guide.page(f'{FENCE}bash title="web"\nuptime\n{FENCE}\n')
    assert json.loads(call("plan", "--json").stdout) == [
        {
            "page": "docs/1-page.md",
            "line": 1,
            "chapter": 1,
            "node": "web",
            "command": "uptime",
            "kind": "step",
            "label": "1.1",
            "snippet": "",
            "skip": "",
        }
    ]


def says(done, status, words):
    assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (status, True, False), done.stderr


def test_wrong_input_is_told_in_a_sentence_with_status_2(guide, call):
    guide.page(f'{FENCE}bash title="wbe"\nuptime\n{FENCE}\n')
    says(call("plan"), 2, "docs/1-page.md:1: there is no node wbe; there are web, db, host")
    says(call("verify"), 2, "docs/1-page.md:1: there is no node wbe")
    says(call("site"), 2, "docs/1-page.md:1: there is no node wbe")


def test_a_chapter_that_does_not_exist_is_wrong_input(guide, call):
    guide.page(f'{FENCE}bash title="web"\nuptime\n{FENCE}\n')
    says(call("verify", "--to", "7"), 2, "There is no chapter 7 with steps; chapters: 1.")
    says(call("plan", "--from", "0"), 2, "There is no chapter 0 with steps; chapters: 1.")
    says(call("plan", "--to", "two"), 2, "'two' is not a valid integer")


def test_a_guide_without_steps_is_no_success(guide, call):
    guide.page("Nothing here.\n")
    says(call("verify"), 2, "There is not one step in these chapters")


def test_results_that_cannot_be_written_are_wrong_input(guide, call):
    guide.page(f'{FENCE}bash title="web"\nuptime\n{FENCE}\n')
    guide.write("build", "a file")
    done = call("verify")
    says(done, 2, f"Results cannot be written to {guide.root}/build: ")
    assert "Preparing" not in done.stdout


def test_unknown_commands_and_options_are_wrong_input(guide, call):
    guide.page("x")
    says(call("verfy"), 2, "No such command 'verfy'")
    says(call("verify", "--runtime", "podman"), 2, "'podman' is not one of 'containerd', 'docker'")


def test_a_node_that_does_not_exist_has_no_shell(guide, call):
    guide.page("x")
    says(call("shell", "wbe"), 2, "There is no node wbe; there are web, db, host.")


def test_a_shell_on_nodes_that_are_not_up_says_what_to_do(guide, call, tmp_path):
    guide.page("x")
    says(call("shell", "web", env={"XDG_CACHE_HOME": str(tmp_path)}), 3, "bring them up by ./guide up")


def test_status_and_down_without_nodes(guide, call, tmp_path):
    guide.page("x")
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    assert call("status", env=env).stdout == "The nodes are not up. Bring them up by ./guide up.\n"
    assert call("down", env=env).stdout == "There was nothing to remove.\n"


def test_a_folder_without_a_guide(call, guide):
    (guide.root / "mkdocs.yml").unlink()
    says(call("plan"), 2, "there is no guide here: mkdocs.yml is missing")


def test_settings_that_are_wrong(call, guide):
    says(call("plan"), 2, "mkdocs.yml: Config value 'docs_dir': The path")
    guide.page("x")
    text = (guide.root / "mkdocs.yml").read_text()
    guide.write("mkdocs.yml", text.replace("inputs:", "input:"))
    says(
        call("plan"),
        2,
        "extra.guide has an unknown setting input; known are config, diagnostics, fluid, hopeless, ",
    )
    guide.write("mkdocs.yml", text.replace("inputs:", "secrets: [/etc/key, $(reboot)], inputs:"))
    says(
        call("plan"),
        2,
        "extra.guide: secrets: '$(reboot)' is no path such as /etc/kubernetes/token or /etc/ssh/*_key",
    )
    guide.write("mkdocs.yml", text + "  guide: [\n")
    says(call("plan"), 2, "mkdocs.yml: ")


FAKE_MACHINE = """
import sys, platform, os, shutil, subprocess
from guide.errors import GuideError
from guide.lab import machine
from guide.lab.facts import Versions
{change}
try:
    machine.require_lab(Versions({{}}, {{}}, "", "trixie"), "embedded", install=lambda packages: False)
except GuideError as error:
    print(error, file=sys.stderr)
    sys.exit(error.status)
"""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("platform.machine = lambda: 'riscv64'", "This machine is riscv64; embedded nodes are built for x86_64"),
        ("os.geteuid = lambda: 1000", "Embedded nodes need root: run it again with sudo."),
        ("sys.platform = 'darwin'", "Embedded nodes need Linux"),
        (
            "subprocess.run = lambda *a, **k: subprocess.CompletedProcess(a, 1, '', 'unshare failed: EPERM')",
            "This machine does not allow new namespaces (unshare failed: EPERM)",
        ),
        (
            "machine.LAB_NEEDS = (machine.program('no-such-program', 'no-such-package'),)",
            "This machine lacks no-such-package: run apt-get install no-such-package, or run it again with --yes.",
        ),
        (
            "machine.LAB_NEEDS = (machine.program('no-such', 'no-such'),); which = shutil.which\n"
            "shutil.which = lambda name: None if name == 'apt-get' else which(name)",
            "This machine lacks no-such and has no apt-get to install them",
        ),
    ],
)
def test_a_machine_that_cannot_carry_nodes_is_told_in_a_sentence_with_status_3(root, change, words):
    done = subprocess.run(
        [sys.executable, "-c", FAKE_MACHINE.format(change=change)],
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    says(done, 3, words)
    assert done.stderr.count("\n") == 1
