"""`verify` on real nodes, with steps that go wrong in every way that steps can."""

import json
import signal

from guide.lab.cache import cache_root
from tests.nodes.conftest import CONTROL_PLANE, step
from tests.nodes.machine import state


def evidence(call):
    [path] = (call.guide.root / "build/evidence").glob("*.json")
    return json.loads(path.read_text())


def start_slowly(call, folder):
    """Start a run, and give it while its second step of three takes long."""
    slow = step(f"touch {folder}/running; sleep 600", "host", 'data-deadline="10m"')
    call.guide.page(step("true") + slow + step("true"))
    process = call.start("verify")
    call.wait_for(folder / "running")
    return process


def failure(call, text):
    """Run a page, and give exit status and message."""
    call.guide.page(text)
    done = call("verify")
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout


def test_steps_on_both_nodes_and_on_host_pass(call):
    call.guide.page(
        step("hostname >/tmp/name; cd /tmp", f"{CONTROL_PLANE}, kube-node")
        + step("cat name", f"{CONTROL_PLANE}, kube-node")
        + step("ping -c 1 10.10.0.11 2>/dev/null || (echo >/dev/tcp/10.10.0.11/22)", "host")
    )
    done = call("verify")
    assert done.returncode == 0, done.stdout + done.stderr
    steps = evidence(call)["steps"]
    assert [each["output"] for each in steps[2:4]] == ["kube-control-plane\n", "kube-node\n"]
    assert {each["status"] for each in steps} == {"passed"}
    assert (call.guide.root / "build/site/1-page.html").exists()


def test_a_step_that_fails_ends_with_status_1_at_page_and_line_and_nodes_are_asked(call):
    status, said = failure(call, step("true") + step("ls /nowhere") + step("true"))
    assert status == 1
    assert "docs/1-page.md:5 (kube-control-plane): exit 2, expected 0\n$ ls /nowhere\n" in said
    assert "1 passed, 1 failed, 1 not-run" in said
    asked = call.guide.root / "build/report/diagnostics/kube-node-who.txt"
    assert asked.read_text() == "$ whoami\nroot\n"


def test_a_step_that_hangs_shows_what_it_printed(call):
    status, said = failure(call, step("echo so far; sleep 600", attributes='data-deadline="2s"'))
    assert status == 1
    assert "docs/1-page.md:1 (kube-control-plane): no end within 2 s\n$ echo so far; sleep 600\n  so far\n" in said


def test_a_step_that_ends_its_own_shell(call):
    status, said = failure(call, step("echo bye; exit 0") + step("true"))
    assert status == 1
    assert "docs/1-page.md:1 (kube-control-plane): it ended the shell that it ran in" in said
    assert "1 not-run" in said


def test_a_step_that_kills_its_own_shell(call):
    status, said = failure(call, step("kill -KILL $$"))
    assert (status, "docs/1-page.md:1 (kube-control-plane): it ended the shell" in said) == (1, True)


def test_a_step_that_prints_a_hundred_megabytes_and_binary(call):
    call.guide.page(step("head -c 100000000 /dev/urandom") + step("echo next"))
    done = call("verify")
    assert done.returncode == 0, done.stdout
    first, second = evidence(call)["steps"]
    assert "bytes left out" in first["output"]
    assert second["output"] == "next\n"


def test_a_node_that_dies_under_a_step_is_a_lab_lost(call):
    status, said = failure(call, step("echo last words; systemctl --force --force poweroff; sleep 60") + step("true"))
    assert status == 3
    assert "docs/1-page.md:1 (kube-control-plane): the node was lost" in said
    assert evidence(call)["steps"][1]["status"] == "not-run"


def test_a_run_that_is_interrupted_ends_with_130_and_removes_its_nodes(call, interrupt, tmp_path):
    process = start_slowly(call, tmp_path)
    interrupt(process)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert not call.lab.folder.exists()
    assert [each["status"] for each in evidence(call)["steps"]] == ["passed", "not-run", "not-run"]


def test_a_run_that_is_terminated_removes_its_nodes(call, tmp_path):
    process = start_slowly(call, tmp_path)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert not call.lab.folder.exists()


def test_after_a_run_was_killed_the_next_one_cleans_up_by_itself(call, tmp_path):
    before = state(cache_root())
    process = start_slowly(call, tmp_path)
    process.kill()
    process.communicate()
    assert call.left_over(before) != set()
    call.guide.page(step("true"))
    assert call("verify").returncode == 0
    assert call.left_over(before) == set()


def test_after_a_run_was_killed_down_leaves_nothing(call, tmp_path):
    before = state(cache_root())
    process = start_slowly(call, tmp_path)
    process.kill()
    process.communicate()
    assert call("down").returncode == 0
    assert call.left_over(before) == set()


def test_a_second_run_at_once_says_who_uses_the_nodes_and_harms_nothing(call, tmp_path):
    go = tmp_path / "go"
    call.guide.page(step(f"touch {tmp_path}/running; until [ -e {go} ]; do sleep 0.1; done", "host") + step("true"))
    first = call.start("verify")
    call.wait_for(tmp_path / "running")
    for command in ("verify", "up", "down"):
        done = call(command)
        assert (done.returncode, done.stderr) == (
            3,
            f"The nodes are in use by process {first.pid}: wait for it, or end it.\n",
        )
    go.touch()
    out, _ = first.communicate(timeout=60)
    assert first.returncode == 0, out


def test_nodes_that_are_kept_stay_until_down(call):
    call.guide.page(step("touch /root/mark"))
    assert call("verify", "--keep").returncode == 0
    node = call.lab.node(CONTROL_PLANE)
    assert node.run("ls /root/mark", 10).status == 0
    node.close()
    again = call("verify")
    assert (again.returncode, "up already" in again.stderr) == (3, True)
    assert call("down").returncode == 0


def test_a_background_process_on_host_goes_with_the_lab(call):
    call.guide.page(step("setsid sleep 987654 >/dev/null 2>&1 &", "host"))
    assert call("verify").returncode == 0
