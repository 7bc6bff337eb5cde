import time

from guide.node import Ending
from guide.shell import KEPT, Output
from tests.fake import bash


def test_folder_and_variables_last_from_one_command_to_the_next(tmp_path):
    with bash(tmp_path) as node:
        node.run("mkdir sub; cd sub; export NAME=value", 5)
        assert node.run('echo "$NAME in $(basename "$PWD")"', 5).output == "value in sub\n"


def test_what_runs_is_what_was_given_byte_for_byte(tmp_path):
    command = "cat <<'END'\n$HOME `x` \"quoted\" 'single' \\ back\\slash\t tab\nEND"
    with bash(tmp_path) as node:
        assert node.run(command, 5).output == "$HOME `x` \"quoted\" 'single' \\ back\\slash\t tab\n"


def test_a_command_gets_no_standard_input(tmp_path):
    with bash(tmp_path) as node:
        assert node.run("cat; read line; echo after", 5).output == "after\n"
        assert node.run("echo next", 5).output == "next\n"


def test_a_failure_in_the_middle_is_seen_and_named_and_the_rest_runs(tmp_path):
    with bash(tmp_path) as node:
        reply = node.run("echo one\nls /does-not-exist 2>/dev/null\necho two", 5)
    assert (reply.status, reply.failed, reply.output) == (2, "ls /does-not-exist 2> /dev/null", "one\ntwo\n")


def test_a_failure_that_the_command_expects_is_none(tmp_path):
    with bash(tmp_path) as node:
        assert node.run("if false; then echo; fi; false || true; ! false", 5).status == 0


def test_a_failure_in_a_sourced_script_is_seen(tmp_path):
    (tmp_path / "script.sh").write_text("false\necho rest\n")
    with bash(tmp_path) as node:
        reply = node.run("source ./script.sh", 5)
    assert (reply.status, reply.output) == (1, "rest\n")


def test_output_without_a_last_newline_is_kept_as_it_is(tmp_path):
    with bash(tmp_path) as node:
        assert node.run("printf no-newline", 5).output == "no-newline"


def test_both_outputs_come_in_the_order_in_which_they_were_written(tmp_path):
    with bash(tmp_path) as node:
        assert node.run("echo a; echo b >&2; echo c", 5).output == "a\nb\nc\n"


def test_a_step_may_redirect_the_shells_own_output(tmp_path):
    with bash(tmp_path) as node:
        assert node.run("exec >log", 5).ending is Ending.DONE
        assert node.run("echo hidden", 5).ending is Ending.DONE
    assert (tmp_path / "log").read_text() == "hidden\n"


def test_a_background_process_that_holds_the_output_does_not_hold_the_step(tmp_path):
    with bash(tmp_path) as node:
        start = time.monotonic()
        assert node.run("sleep 30 &\necho started", 5).output.endswith("started\n")
        assert time.monotonic() - start < 5


def test_exit_is_told_as_the_end_of_the_shell_and_the_next_command_gets_a_fresh_one(tmp_path):
    with bash(tmp_path) as node:
        reply = node.run("echo before; exit 3", 5)
        assert (reply.ending, reply.status, reply.output) == (Ending.SHELL_ENDED, None, "before\n")
        assert node.run("echo again", 5).output == "again\n"


def test_a_step_that_kills_its_own_shell_is_told_as_that(tmp_path):
    with bash(tmp_path) as node:
        assert node.run("kill -KILL $$", 5).ending is Ending.SHELL_ENDED


def test_set_e_ends_the_shell_only_when_something_fails(tmp_path):
    with bash(tmp_path) as node:
        assert node.run("set -e", 5).ending is Ending.DONE
        assert node.run("false", 5).ending is Ending.SHELL_ENDED


def test_a_timeout_gives_what_was_printed_so_far_and_ends_what_still_runs(tmp_path):
    with bash(tmp_path) as node:
        reply = node.run("echo partial; echo $$ >pid; sleep 60", 0.5)
        assert (reply.ending, reply.output) == (Ending.TIMEOUT, "partial\n")
        pid = (tmp_path / "pid").read_text().strip()
        assert node.run(f"kill -0 {pid}", 5).status == 1


def test_a_marker_printed_by_the_step_itself_is_no_end(tmp_path):
    with bash(tmp_path) as node:
        assert node.run(r"printf '\036guess 0 \036'; echo more", 5).output == "\\x1eguess 0 \\x1emore\n"


def test_binary_output_is_shown_as_text_that_harms_no_terminal(tmp_path):
    with bash(tmp_path) as node:
        reply = node.run(r"printf '\000\033[2J\377\n'", 5)
    assert reply.output == "\\x00\\x1b[2J\\xff\n"


def test_of_a_hundred_megabytes_both_ends_are_kept(tmp_path):
    with bash(tmp_path) as node:
        reply = node.run("echo first; head -c 100000000 /dev/zero | tr '\\0' x; echo; echo last", 60)
    assert reply.ending is Ending.DONE
    assert reply.output.startswith("first\nxxx")
    assert reply.output.endswith("xxx\nlast\n")
    assert reply.left_out == 100_000_000 + len("first\n") + len("\nlast\n") - 2 * KEPT


def test_output_counts_what_it_leaves_out_however_it_comes():
    output = Output(kept=4)
    for byte in b"abcdefghijklmnop":
        output.add(bytes([byte]))
    assert output.result() == ("abcd\n... 8 bytes left out ...\nmnop", 8)
