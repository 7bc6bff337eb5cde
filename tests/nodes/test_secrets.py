"""That nothing of a lab's secrets leaves it, found by looking for their bytes."""

import base64

import pytest

from guide.secrets import read_words
from tests.nodes.conftest import CONTROL_PLANE, step

KEYS = "/root/.ssh/id_ed25519 /etc/ssh/ssh_host_ed25519_key"
ENCODED = (
    "base64 {0}; base64 --wrap=0 {0}; jq --null-input --rawfile key {0} '$key'; od -A n -t x1 {0} | tr -d ' \\n'"
)


def verify(call, folder, *options):
    """Run the guide as a job of GitHub's would, and give its exit status and all bytes that it gave out, by place."""
    call.env |= {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    done = call("verify", "--keep", *options)
    given = {"stdout": done.stdout.encode(), "stderr": done.stderr.encode()}
    files = [folder / "summary.md", *(call.guide.root / "build").rglob("*")]
    return done.returncode, given | {path.name: path.read_bytes() for path in files if path.is_file()}


def words(call, paths, name=CONTROL_PLANE):
    """Give the secrets that are in files of a node, each in the forms that somebody could find."""
    node = call.lab.node(name)
    try:
        reply = node.run(f"cat {paths}", 10)
    finally:
        node.close()
    assert reply.status == 0, reply.output
    found = {word.encode() for word in read_words(reply.output)}
    return found | {base64.b64encode(word)[:-4] for word in found} | {word.hex().encode() for word in found}


def leaks(given, secrets):
    return sorted(place for place, text in given.items() if any(secret in text for secret in secrets))


@pytest.fixture
def guarded(call, root):
    """A small guide with the project's own secret files."""
    own = [line.strip()[2:] for line in (root / "mkdocs.yml").read_text().split("\n") if line.startswith("      - /")]
    asked = "{keys: cat /root/.ssh/id_ed25519, journal: journalctl -t guide}"
    text = (call.guide.root / "mkdocs.yml").read_text().replace("{who: whoami}", f"{asked}, secrets: {own}")
    call.guide.write("mkdocs.yml", text)
    return call


def test_the_keys_of_the_lab_are_nowhere_when_a_step_prints_them_and_fails(guarded, tmp_path_factory):
    folder = tmp_path_factory.mktemp("job")
    both = f"{CONTROL_PLANE}, kube-node"
    shown = "; ".join(ENCODED.format(key) for key in KEYS.split())
    guarded.guide.page(
        step(f"cat {KEYS}", both)
        + step(shown, both)
        + step("sed -n 2p /root/.ssh/id_ed25519 | logger -t guide", both)
        + step(f"cat {KEYS} >&2; sed -n 3p /root/.ssh/id_ed25519; false")
    )
    status, given = verify(guarded, folder)
    assert status == 1, given["stderr"]
    assert {"summary.md", "index.html", "junit.xml", "kube-node-keys.txt", "kube-node-journal.txt"} <= given.keys()
    for place in given.keys() - {"stderr"}:
        assert b"***" in given[place], place
    for name in (CONTROL_PLANE, "kube-node"):
        assert leaks(given, words(guarded, KEYS, name)) == []


def test_a_secret_that_is_not_in_the_settings_is_found_by_this_test(guarded, tmp_path_factory):
    text = (guarded.guide.root / "mkdocs.yml").read_text()
    guarded.guide.write("mkdocs.yml", text.replace("'/etc/ssh/ssh_host_*_key', ", ""))
    guarded.guide.page(step("sed -n 3p /etc/ssh/ssh_host_ed25519_key; false"))
    _, given = verify(guarded, tmp_path_factory.mktemp("job"))
    assert leaks(given, words(guarded, KEYS)) == sorted(
        ["embedded-containerd-1.37.2.json", "index.html", "junit.xml", "stdout", "summary.md"]
    )
