import re
from html.parser import HTMLParser

import pytest

from guide.errors import InputError
from guide.report import make_folders, render
from tests.written import FAILED, NOT_RUN, evidence, step


class Page(HTMLParser):
    """Collects the text of each element by its class or id, and every address."""

    VOID = ("meta", "link", "br")

    def __init__(self, html):
        super().__init__()
        self.open: list[tuple[str, list[str], int]] = []
        self.text = ""
        self.found: dict[str, list[str]] = {}
        self.addresses: list[str] = []
        self.feed(html)
        assert self.open == [], "an element is not closed"

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.addresses += [values[name] for name in ("src", "href") if name in values]
        if tag not in self.VOID:
            self.open.append((tag, [*values.get("class", "").split(), values.get("id", "")], len(self.text)))

    def handle_endtag(self, tag):
        opened, names, start = self.open.pop()
        assert opened == tag
        for name in names:
            self.found.setdefault(name, []).append(" ".join(self.text[start:].split()))
        self.text += " "

    def handle_data(self, data):
        self.text += data


def link(step):
    return f"../../{step['page']}"


def page(*steps, diagnostics=()):
    return Page(render(evidence(*steps), dict(diagnostics), link))


def test_the_head_tells_lane_result_counts_and_times():
    seen = page()
    head = " ".join(seen.text.split())
    assert "embedded-containerd-1.37.2 failed" in head
    assert seen.found["count"][:4] == ["1 passed", "1 failed", "1 not-run", "1 skipped"]
    assert "From 2026-11-24 08:00:00 to 2026-11-24 08:01:15 UTC" in head
    for words in ("1 min 15 s", "version of etcd 3.7.3", "image nginx docker.io/library/nginx:1.26.3"):
        assert words in head
    assert "stand-in Images are built here." in head


@pytest.mark.parametrize(
    ("steps", "word"), [([step()], "passed"), ([step(), FAILED], "failed"), ([step(), NOT_RUN], "interrupted")]
)
def test_the_run_is_called_what_it_was(steps, word):
    assert re.search(rf"<title>{word}: ", render(evidence(*steps), {}, link))


def test_every_step_is_there_with_node_place_and_result():
    seen = page()
    first, skipped, failed, not_run = (
        seen.found[f"step-{name}"][0] for name in ("1.1-web", "1.2-web", "2.1-db", "2.2-web")
    )
    for words in ("1.1", "web", "hostname", "docs/1-a.md:5", "step, passed, exit 0, 1 attempt in 0.25 s"):
        assert words in first
    assert "Not run, on purpose: it *ends* the node" in skipped
    assert "check, failed, exit 0, 4 attempts in 30.0 s" in failed
    assert "Not run: docs/2-b.md:9 failed" in not_run
    assert "first line …" in not_run
    assert "first line second line" in not_run


def test_a_difference_is_coloured_and_says_which_side_is_which():
    seen = page()
    assert seen.found["del"] == ["- nginx 1/1 Running"]
    assert seen.found["add"] == ["+ nginx 0/1 Pending <wait>"]
    assert "it did not print what docs/2-b.md:13 says, after 4 attempts in 30 s" in seen.found["problem"][0]


def test_output_with_signs_of_a_difference_is_not_coloured():
    problem = "docs/2-b.md:9 (db): exit 1, expected 0\n$ kubectl get pods\n  - name: x\n  + y"
    seen = page({**FAILED, "problem": problem})
    assert "- name: x" in seen.found["problem"][0]
    assert "del" not in seen.found


def test_bars_have_one_scale():
    html = render(evidence(step(seconds=5.0), step(label="1.2", seconds=20.0)), {}, link)
    assert re.findall(r'<i style="width:([\d.]+)%"', html) == ["25.00", "100.00"]


def test_diagnostics_stand_at_the_failure():
    seen = page(diagnostics={"db-journal.txt": "kubelet <died>\n"})
    assert "db-journal.txt kubelet <died>" in seen.found["step-2.1-db"][0]
    assert "kubelet" not in seen.found["step-2.2-web"][0]


def test_the_page_asks_for_no_other_file_and_links_to_the_sources():
    seen = page()
    for address in seen.addresses:
        assert address.startswith(("#step-", "../../docs/", "data:")), address
    assert "../../docs/2-b.md" in seen.addresses
    html = render(evidence(), {}, link)
    assert "url(" not in html
    assert "@import" not in html


def test_what_nodes_print_is_no_markup():
    seen = step(command="echo '<script>x</script>'", output="</pre><script>alert(1)</script>")
    html = render(evidence(seen), {"<b>": "<i>"}, link)
    assert html.count("<script>") == 1
    assert "<i>" not in html


def test_folders_of_results_are_made_and_cleared(tmp_path):
    (tmp_path / "build/report/diagnostics").mkdir(parents=True)
    (tmp_path / "build/report/diagnostics/old.txt").touch()
    make_folders(tmp_path / "build", tmp_path / "build/report")
    assert sorted(path.name for path in (tmp_path / "build").rglob("*")) == ["evidence", "report"]


@pytest.mark.parametrize("taken", ["build", "build/evidence", "build/report"])
def test_a_folder_that_cannot_be_made_is_wrong_input(tmp_path, taken):
    (tmp_path / taken).parent.mkdir(exist_ok=True)
    (tmp_path / taken).touch()
    with pytest.raises(InputError, match=f"Results cannot be written to {tmp_path}/build: .* \\({tmp_path}/build"):
        make_folders(tmp_path / "build", tmp_path / "build/report")


def test_a_folder_that_is_read_only_is_wrong_input():
    from pathlib import Path

    with pytest.raises(InputError, match=r"Results cannot be written to /proc/build: "):
        make_folders(Path("/proc/build"), Path("/proc/build/report"))
