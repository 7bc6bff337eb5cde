import pytest

from guide.errors import LabError
from guide.node import Ending, Reply
from guide.run import Outcome, Result
from guide.vault import Vault
from tests.fake import FakeNode, done, local_bash, planned

WORD = "7d2f0c9ab1e84f6d8a35c07be19d42f6"


@pytest.fixture
def vault():
    vault = Vault()
    yield vault
    vault.close()


def test_secrets_are_read_from_files_on_a_node(vault, tmp_path):
    (tmp_path / "token").write_text(WORD)  # without a last newline
    (tmp_path / "ssh_one_key").write_text("first-key-of-this-node\n")
    (tmp_path / "ssh_two_key").write_text("second-key-of-this-node\n")
    paths = (f"{tmp_path}/token", f"{tmp_path}/missing", f"{tmp_path}/ssh_*_key", f"{tmp_path}/none_*")
    vault.open(paths, ["web"], lambda name: local_bash(name, tmp_path))
    vault.read("web")
    assert vault.masked(f"{WORD} first-key-of-this-node second-key-of-this-node") == "*** *** ***"
    assert vault.masked("missing none_*") == "missing none_*"


def test_a_secret_that_was_replaced_stays_a_secret(vault):
    vault.open(["/token"], ["web"], lambda _: FakeNode(done(), done("the-old-secret\n"), done("the-new-secret\n")))
    vault.read("web")
    vault.read("web")
    assert vault.masked("the-old-secret the-new-secret") == "*** ***"


def test_of_a_node_that_is_lost_the_last_known_secrets_are_kept(vault):
    lost = Reply(Ending.LOST, None, "half-a-secr")
    vault.open(["/token"], ["web"], lambda name: FakeNode(done(), done(WORD), lost, name=name))
    vault.read("web")
    vault.read("web")
    assert vault.masked(f"{WORD} half-a-secr") == "*** half-a-secr"


def test_a_node_that_lets_nobody_in_has_no_secrets(vault):
    class Closed(FakeNode):
        def run(self, command, seconds):  # noqa: ARG002 - it never gets that far
            raise LabError("no way in")

    vault.open(["/token"], ["web"], lambda name: Closed(name=name))
    vault.read("web")
    assert vault.masked(WORD) == WORD


def test_an_outcome_is_without_secrets_in_all_its_parts(vault):
    vault.open(["/token"], ["web"], lambda name: FakeNode(done(WORD), name=name))
    vault.read("web")
    reply = Reply(Ending.DONE, 1, f"out {WORD}\n", failed=f"echo {WORD}")
    hidden = vault.hide(Outcome(planned(), Result.FAILED, 1.0, 2, reply, f"docs/1-page.md:7 (web): {WORD}"))
    assert hidden == Outcome(
        planned(),
        Result.FAILED,
        1.0,
        2,
        Reply(Ending.DONE, 1, "out ***\n", failed="echo ***"),
        "docs/1-page.md:7 (web): ***",
    )


def test_without_paths_no_node_is_asked(vault):
    node = FakeNode()
    vault.open([], ["web"], lambda _: node)
    vault.read("web")
    assert node.asked == []


def test_shells_are_closed_in_the_end(vault):
    node = FakeNode()
    vault.open(["/token"], ["web"], lambda _: node)
    vault.close()
    assert node.closed
