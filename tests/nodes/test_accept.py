"""`accept` on real nodes."""

from tests.nodes.conftest import FENCE, step


def output(text):
    return f'{FENCE}text title="Output"\n{text}\n{FENCE}\n\n'


def test_what_real_nodes_print_is_written_and_shown_as_a_diff(call):
    page = step("hostname; date +%s", "kube-node") + output("old\n...") + step("true")
    call.guide.page(page)
    done = call("accept")
    assert (done.returncode, done.stderr) == (0, "")
    assert "-old\n+kube-node\n ...\n" in done.stdout
    assert (call.guide.root / "docs/1-page.md").read_text() == page.replace("old", "kube-node")
    assert not call.lab.folder.exists()
    assert call("verify").returncode == 0


def test_nothing_is_written_while_a_step_fails_otherwise(call):
    page = step("hostname") + output("old") + step("false")
    call.guide.page(page)
    done = call("accept")
    assert (done.returncode, done.stderr) == (
        1,
        "Nothing was written: docs/1-page.md:9 failed, and not by its output alone.\n",
    )
    assert (call.guide.root / "docs/1-page.md").read_text() == page


def test_nothing_is_written_over_a_page_that_changed_meanwhile(call):
    page = step(f"echo more >>{call.guide.root}/docs/1-page.md", "host") + output("old")
    call.guide.page(page)
    done = call("accept")
    assert (done.returncode, "docs/1-page.md was changed while the guide was run" in done.stderr) == (2, True)
    assert (call.guide.root / "docs/1-page.md").read_text() == page + "more\n"
