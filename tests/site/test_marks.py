"""What the site says of pages after what runs have seen, and of evidence that is no good."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from guide.seen import REPORTED_OF_STEP

FENCE = "```"
NONE = "\N{EN DASH} Not verified in this build"
PAGE = f"""\
# One

{FENCE}bash title="kube-node"
cat /vagrant/script/etcd.sh
{FENCE}

{FENCE}bash title="host"
ls
{FENCE}
"""
PLACES = ("summary", "matrix", "lanes", "pages", "skipped", "mutation", "files")
VERIFIED = "# Verified\n\n" + "\n\n".join(f'<div data-proof="{name}"></div>' for name in PLACES) + "\n"
STEP = ("label", "node", "command", *REPORTED_OF_STEP)
EVIDENCE = "build/evidence/embedded-containerd-1.37.2.json"


@pytest.fixture
def small(copy):
    copy.only({"1-one.md": PAGE, "verified.md": VERIFIED})
    return copy


def words(html):
    """Give a page's words as a reader sees them."""
    article = re.search(r"<article.*?</article>", html, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", article[0] if article else html)).strip()


def mark(copy):
    found = re.search(r'<aside class="proof".*?</aside>', copy.html("1-one.html"), re.DOTALL)
    assert found
    return words(found[0]).removesuffix("What does this mean?").strip()


def test_a_page_whose_commands_all_passed_is_verified(small):
    small.evidence()
    assert small.build() == ""
    assert mark(small) == "✓ Verified: 2 passed in 0.50 s on 20 November 2026 containerd, Kubernetes 1.37.2"
    shown = words(small.html("verified.html"))
    assert "embedded, containerd, Kubernetes 1.37.2 2 passed 20 November 2026, 10:00 UTC 1 min 01 s" in shown
    assert "The sun is a lamp." in shown
    assert "attic: moon, stars shop: sun" in shown
    assert (small.site / "evidence" / "embedded-containerd-1.37.2.json").exists()


def test_the_verified_page_shows_every_lane_that_the_guide_has(small):
    tabs = "".join(
        f'=== "{name}"\n\n    {FENCE}bash title="host"\n    ls\n    {FENCE}\n\n' for name in ("containerd", "docker")
    )
    small.write("docs/1-one.md", f"# One\n\n{tabs}")
    small.evidence(kubernetes="1.36.3")
    small.evidence(provider="vagrant", results={"1.1": ("failed", "it broke")})
    small.build()
    table = re.search(r"<table>.*?</table>", small.html("verified.html"), re.DOTALL)
    assert table
    rows = [[words(cell) for cell in re.findall("<t[hd]>(.*?)</t[hd]>", row)] for row in table[0].split("<tr>")[1:]]
    none = "\N{EN DASH} not verified in this build"
    assert rows == [
        ["nodes by", "runtime", "Kubernetes 1.34.4", "Kubernetes 1.36.3", "Kubernetes 1.37.2"],
        ["embedded", "containerd", none, "\N{CHECK MARK} 1 passed", none],
        ["embedded", "docker", none, none, none],
        ["vagrant", "containerd", none, none, "\N{BALLOT X} 1 failed"],
        ["vagrant", "docker", none, none, none],
        ["ssh", "containerd", none, none, none],
        ["ssh", "docker", none, none, none],
    ]


def test_each_run_has_its_report_whose_places_lead_to_the_steps(small):
    small.evidence()
    small.evidence(provider="vagrant")
    assert small.build() == ""
    for lane in ("embedded-containerd-1.37.2", "vagrant-containerd-1.37.2"):
        assert f'href="report/{lane}.html"' in small.html("verified.html")
        report = small.html(f"report/{lane}.html")
        assert f"<title>passed: {lane}</title>" in report
        assert 'href="../1-one.html#step-1-2">docs/1-one.md:7</a>' in report


def test_without_evidence_a_page_is_not_verified_in_this_build(small):
    assert small.build() == ""
    assert mark(small) == NONE
    assert "2 steps, not verified in this build." in words(small.html("verified.html"))


@pytest.mark.parametrize(
    ("path", "text"), [("docs/1-one.md", PAGE + "\nMore.\n"), ("script/etcd.sh", "echo other\n")]
)
def test_a_page_or_a_file_that_is_another_one_now_is_named(small, path, text):
    small.evidence()
    small.write(path, text)
    assert small.build() == ""
    assert mark(small).startswith(f"≠ Changed since: {path} in ")


def test_a_file_that_the_page_does_not_use_changes_nothing(small):
    small.evidence()
    small.write("script/kubelet.sh", "echo other\n")
    assert small.build() == ""
    assert mark(small).startswith("✓ Verified")


def test_a_value_that_makes_another_command_of_the_same_bytes_is_a_change(small):
    small.write("docs/1-one.md", PAGE.replace("ls", "ls [= host =]"))
    small.evidence()
    nodes = (small.root / "config/nodes.yaml").read_text()
    small.write("config/nodes.yaml", nodes.replace("host: 10.10.0.1", "host: 10.10.0.2"))
    assert small.build() == ""
    assert mark(small).startswith("≠ Changed since: its commands in ")


def test_a_failure_and_what_it_kept_from_running_are_told_at_the_page_and_at_the_steps(small):
    small.evidence(results={"1.1": ("failed", "exit 1"), "1.2": ("not-run", "1.1 failed")})
    assert small.build() == ""
    assert mark(small).startswith("✗ Failed: 1 failed, 1 not run in ")
    assert "failed in the lane embedded-containerd-1.37.2" in small.html("1-one.html")


def test_a_step_that_was_skipped_says_so_with_its_reason(small):
    small.evidence(results={"1.2": ("skipped", "there is no moon")})
    assert small.build() == ""
    assert mark(small).startswith("✓ Verified: 1 passed, 1 skipped in ")
    assert "skipped in the lane embedded-containerd-1.37.2: there is no moon" in small.html("1-one.html")
    assert "1.2 embedded-containerd-1.37.2 there is no moon" in words(small.html("verified.html"))


def test_a_step_that_does_not_work_with_every_kubernetes_says_so(small):
    newer = f'{FENCE}{{ .bash title="host" data-kubernetes=">=1.35,<1.38" }}\nuptime\n{FENCE}\n'
    small.write("docs/1-one.md", PAGE + "\n" + newer)
    why = "it works with Kubernetes >=1.35,<1.38, and this lane has 1.34.4"
    small.evidence()
    small.evidence(kubernetes="1.34.4", results={"1.3": ("skipped", why)})
    assert small.build() == ""
    shown = words(small.html("1-one.html"))
    assert "works with Kubernetes &gt;=1.35,&lt;1.38" in shown
    assert "skipped in the lane embedded-containerd-1.34.4: it works with Kubernetes &gt;=1.35" in shown
    assert shown.count("skipped in the lane") == 1


def test_a_run_that_ended_early_is_no_verification(small):
    small.evidence(results={"1.2": ("not-run", "")})
    assert small.build() == ""
    assert mark(small).startswith("… Run in part: 1 passed, 1 not run in ")


def test_each_lane_has_its_mark_and_a_runtime_without_evidence_says_so(small):
    tabs = f"""\
# One

=== "containerd"

    {FENCE}bash title="host"
    a
    {FENCE}

=== "docker"

    {FENCE}bash title="host"
    b
    {FENCE}
"""
    small.write("docs/1-one.md", tabs)
    small.evidence()
    small.evidence(provider="vagrant")
    assert small.build() == ""
    assert re.sub(r" in [^ ]+ s on 20 November 2026", "", mark(small)) == (
        f"✓ Verified: 1 passed containerd, Kubernetes 1.37.2 "
        f"✓ Verified: 1 passed containerd on vagrant, Kubernetes 1.37.2 {NONE} docker"
    )


BAD = {
    "damaged": (lambda copy: copy.write(EVIDENCE, '{"lane": '), "this evidence is damaged (Expecting value"),
    "a list": (lambda copy: copy.write(EVIDENCE, "[]"), "this evidence is damaged"),
    "without steps": (
        lambda copy: copy.write(EVIDENCE, '{"started": "2026-01-01T00:00:00Z"}'),
        "'finished' is missing",
    ),
    "an unknown result": (lambda copy: copy.evidence(results={"1.1": ("fine", "")}), "'fine' is not a valid Result"),
    "without a time zone": (lambda copy: copy.evidence(started="2026-11-20T10:00:00"), "without a time zone"),
    "of another guide": (
        lambda copy: copy.evidence(
            steps=[{**dict.fromkeys(STEP, "a"), "page": "docs/x.md", "status": "passed", "seconds": 1}]
        ),
        "this evidence is of another guide: none of its pages is here",
    ),
    "of a version that is gone": (
        lambda copy: copy.evidence(kubernetes="1.2.3"),
        "there is no lane embedded-containerd-1.2.3 any more: the guide has 1.34.4, 1.36.3, 1.37.2;",
    ),
    "of a runtime that is gone": (
        lambda copy: copy.write(EVIDENCE.replace("containerd", "rkt"), changed(copy, runtime="rkt")),
        "there is no lane embedded-rkt-1.37.2 any more",
    ),
    "of another lane than its name says": (
        lambda copy: copy.write(EVIDENCE.replace("containerd", "docker"), changed(copy)),
        "is of the lane embedded-containerd-1.37.2, and not of the one that its name says",
    ),
    "from the future": (
        lambda copy: copy.evidence(started=(datetime.now(UTC) + timedelta(hours=1)).isoformat()),
        "this evidence is from the future",
    ),
    "a score that is damaged": (
        lambda copy: copy.write("build/mutation.json", '{"score": "high"}'),
        "build/mutation.json: this score is damaged",
    ),
}


def changed(copy, **lane):
    """Take evidence away and give it with another lane in it."""
    copy.evidence()
    path = copy.root / EVIDENCE
    raw = json.loads(path.read_text())
    path.unlink()
    return json.dumps({**raw, "lane": {**raw["lane"], **lane}})


@pytest.mark.parametrize("name", BAD)
def test_evidence_that_is_no_good_is_named_and_stops_a_strict_build(small, name):
    spoil, says = BAD[name]
    spoil(small)
    said = small.build()
    assert says in said
    assert "Aborted with 1 warnings in strict mode" in said
    assert "Traceback" not in said


def test_without_strict_a_build_leaves_bad_evidence_out_and_goes_on(small):
    small.write(EVIDENCE, "damaged")
    assert "damaged" in small.build(strict=False)
    assert mark(small) == NONE
    assert not (small.site / "evidence").exists()


def test_the_mutation_score_is_shown_and_never_rounded_up(small):
    score = {"score": 0.9699, "mutants": 100, "noticed": 97, "started": "2026-11-20T10:00:00+00:00"}
    small.write("build/mutation.json", json.dumps(score))
    assert small.build() == ""
    assert "100 such changes were tried, one at a time, and 97 of them were noticed: 96.9 %" in words(
        small.html("verified.html")
    )


def test_a_page_without_steps_has_no_mark(small):
    small.write("docs/1-one.md", "# One\n\nWords.\n")
    assert small.build() == ""
    assert "proof" not in small.html("1-one.html")


def test_a_node_without_a_colour_is_named_and_stops_a_strict_build(small):
    nodes = "".join(f"  n{number}: 10.10.0.{number + 20}\n" for number in range(7))
    config = (small.root / "config/nodes.yaml").read_text().replace("nodes:\n", f"nodes:\n{nodes}")
    small.write("config/nodes.yaml", config)
    assert "docs/1-one.md:3: the node kube-node has no colour" in small.build()


def test_a_place_for_proof_that_is_unknown_is_an_error(small):
    small.write("docs/verified.md", '# Verified\n\n<div data-proof="lane"></div>\n')
    assert 'verified.md: data-proof="lane" is unknown; known are summary, matrix, lanes' in small.build()


def test_two_tabs_of_one_name_in_one_set_are_an_error_since_a_reader_never_sees_the_second(small):
    tab = f'=== "containerd"\n\n    {FENCE}bash title="host"\n    ls\n    {FENCE}\n\n'
    small.write("docs/1-one.md", f"# One\n\n{tab}{tab}")
    assert 'docs/1-one.md: one set of tabs has "containerd" twice: begin the second set by ===!' in small.build()
