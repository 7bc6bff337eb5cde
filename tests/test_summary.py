from guide.github import annotation, escaped, group, source
from guide.report import write_reports
from guide.run import Outcome, Result
from guide.summary import block, cell, summary
from tests.fake import planned
from tests.written import FAILED, NOT_RUN, evidence, step

JOB = {"GITHUB_SERVER_URL": "https://forge.example", "GITHUB_REPOSITORY": "me/guide", "GITHUB_SHA": "abc123"}


def test_the_summary_has_lane_counts_and_times_of_chapters():
    lines = summary(evidence()).split("\n")
    assert lines[0] == "## :x: embedded-containerd-1.37.2"
    assert lines[2] == "1 passed, 1 failed, 1 not-run, 1 skipped in 1 min 15 s"
    assert "| docs/1-a.md | 1 passed, 1 skipped | 0.25 s |" in lines
    assert "| docs/2-b.md | 1 failed, 1 not-run | 30.0 s |" in lines
    assert "| image nginx | docker.io/library/nginx:1.26.3 |" in lines


def test_the_summary_has_each_failure_with_its_difference():
    text = summary(evidence())
    assert "### 2.1 docs/2-b.md:9 on db\n\ndocs/2-b.md:9 (db): it did not print what docs/2-b.md:13 says" in text
    assert "```bash\nkubectl get pods\n```" in text
    assert "```diff\n- nginx   1/1   Running\n+ nginx   0/1   Pending <wait>\n  end\n```" in text
    assert "<details><summary>All output</summary>\n\n```\nnginx   0/1   Pending <wait>\nend\n```" in text


def test_the_summary_has_the_reason_of_what_was_skipped():
    assert r"| 1.2 docs/1-a.md:9 | it \*ends\* the node |" in summary(evidence())


def test_the_summary_tells_success_from_a_run_that_was_interrupted():
    assert summary(evidence(step())).startswith("## :white_check_mark: ")
    assert summary(evidence(step(), {**NOT_RUN, "problem": ""})).startswith("## :warning: ")


def test_places_are_links_where_the_forge_has_the_page():
    assert source({}) == ""
    link = source(JOB)
    expected = "### [2.1 docs/2-b.md:9](https://forge.example/me/guide/blob/abc123/docs/2-b.md?plain=1#L9) on db"
    assert expected in summary(evidence(), link).split("\n")


def test_output_cannot_end_its_block_nor_a_cell():
    text = "a\n```\n````\n<script>"
    assert block(text) == f"`````\n{text}\n`````"
    assert cell("a | b\n<i>") == r"a \| b \<i\>"


def test_long_output_is_cut_to_its_end():
    text = summary(evidence({**FAILED, "output": "".join(f"line {n}\n" for n in range(100_000))}))
    assert "line 99999\n" in text
    assert len(text) < 10_000


def test_the_summary_is_added_to_what_other_steps_of_the_job_wrote(tmp_path):
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    (tmp_path / "report").mkdir()
    write_reports(evidence(), tmp_path, tmp_path / "report", {"GITHUB_STEP_SUMMARY": str(file), **JOB})
    assert file.read_text().startswith("before\n## :x: ")
    assert (
        "https://forge.example/me/guide/blob/abc123/docs/2-b.md?plain=1#L9"
        in (tmp_path / "report/index.html").read_text()
    )


def test_a_failure_is_shown_beside_its_line():
    outcome = Outcome(planned(), Result.FAILED, problem="docs/1-page.md:7 (web): exit 1\n  100%")
    assert annotation(outcome) == (
        "::error file=docs/1-page.md,line=7,title=1.1 web::docs/1-page.md:7 (web): exit 1%0A  100%25"
    )


def test_what_a_command_of_the_log_carries_is_escaped():
    assert escaped("a%b\r\nc:d,e", ":,") == "a%25b%0D%0Ac%3Ad%2Ce"
    assert group("docs/a.md: b") == "::group::docs/a.md: b"
