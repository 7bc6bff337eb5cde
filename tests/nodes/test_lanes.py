"""Two lanes at once on real nodes: each with a lab, evidence and reports of its own, and nothing left of either."""

import json
import signal
from dataclasses import replace

import pytest

from guide.lab.cache import cache_root
from tests.nodes.conftest import CONTROL_PLANE, step
from tests.nodes.machine import state

LANES = ("embedded-containerd-none", "embedded-docker-none")
MINE = "$(ip netns identify $$)"  # the name of a lab, on its host
SHIM = "#!/bin/sh\necho cri-dockerd 0.4.3\n"  # says its version, which is all that lanes ask of it here


@pytest.fixture
def verify(call, tmp_path_factory):
    """Start two lanes at once, on nodes that carry no containers and so need nothing built."""
    call.guide.write("config/versions.yaml", "debian: trixie\ncri-dockerd: 0.4.3\n")
    shim = tmp_path_factory.mktemp("shim") / "cri-dockerd"
    shim.write_text(SHIM)
    shim.chmod(0o755)
    both = ("--runtime", "containerd", "--runtime", "docker", "--jobs", "2", "--cri-dockerd", str(shim))
    return lambda *more: call.start("verify", *both, *more)


def evidence(call, lane):
    return json.loads((call.guide.root / f"build/evidence/{lane}.json").read_text())


def names(call):
    return {f"{call.lab.name}-{lane}" for lane in LANES}


def meet(folder):
    """Give a step on each lane's host that ends only when the other lane has come to its own."""
    both = f'until [ "$(find {folder} -type f | wc -l)" -ge 2 ]; do sleep 0.1; done'
    return step(f'touch "{folder}/{MINE}"\n{both}', "host")


def start_slowly(call, verify, folder):
    """Start two lanes, and give their process while the second of two steps takes long in both."""
    slow = step(f'touch "{folder}/{MINE}.slow"; sleep 600', "host", 'data-deadline="10m"')
    call.guide.page(meet(folder) + slow)
    process = verify()
    call.wait_until(lambda: len(list(folder.glob("*.slow"))) == 2)
    return process


def test_two_lanes_run_at_once_with_the_same_addresses_and_leave_their_evidence(call, verify, tmp_path_factory):
    before, folder = state(cache_root()), tmp_path_factory.mktemp("meeting")
    call.guide.page(meet(folder) + step("hostname --ip-address; ls /root", f"{CONTROL_PLANE}, kube-node"))
    out, err = verify().communicate(timeout=300)
    assert err == ""
    assert {path.name for path in folder.iterdir()} == names(call)
    for lane in LANES:
        seen = evidence(call, lane)
        assert [each["status"] for each in seen["steps"]] == ["passed"] * 3, out
        assert [each["output"] for each in seen["steps"][1:]] == ["10.10.0.10\n", "10.10.0.11\n"]
        assert (call.guide.root / f"build/report/{lane}/junit.xml").exists()
        assert f"{lane:<24}  held         3 passed in " in out
    assert "embedded-docker-none/index.html" in (call.guide.root / "build/report/index.html").read_text()
    assert not (call.guide.root / "build/report/junit.xml").exists()
    assert (call.guide.root / "build/site/1-page.html").exists()
    assert call.left_over(before) == set()


def test_a_lane_that_fails_keeps_its_diagnostics_to_itself_and_does_not_stop_the_other(call, verify):
    tabs = f'=== "Docker"\n\n{step("ls /nowhere")}=== "containerd"\n\n{step("ls /root")}'
    indented = "\n".join(f"    {line}" if line and not line.startswith("===") else line for line in tabs.split("\n"))
    call.guide.page(indented + "\n" + step("touch /root/last"))
    process = verify()
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 1, out
    assert [each["status"] for each in evidence(call, LANES[0])["steps"]] == ["passed", "passed"]
    assert [each["status"] for each in evidence(call, LANES[1])["steps"]] == ["failed", "not-run"]
    reports = call.guide.root / "build/report"
    assert not (reports / LANES[0] / "diagnostics").exists()
    assert (reports / LANES[1] / "diagnostics/kube-node-who.txt").read_text() == "$ whoami\nroot\n"
    assert '"../../../docs/1-page.md' in (reports / LANES[1] / "index.html").read_text()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_removes_the_labs_of_both(call, verify, tmp_path_factory, end):
    before, folder = state(cache_root()), tmp_path_factory.mktemp("meeting")
    process = start_slowly(call, verify, folder)
    assert {path.name for path in (cache_root() / "labs").iterdir()} >= names(call)
    process.send_signal(end)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 130, out
    assert call.left_over(before) == set()
    for lane in LANES:
        assert f"{lane:<24}  interrupted  1 passed in " in out
        assert [each["status"] for each in evidence(call, lane)["steps"]] == ["passed", "not-run"]


def test_lanes_whose_front_door_was_killed_remove_their_labs_by_themselves(call, verify, tmp_path_factory):
    before, folder = state(cache_root()), tmp_path_factory.mktemp("meeting")
    process = start_slowly(call, verify, folder)
    process.kill()
    process.communicate(timeout=120)  # until nobody holds its output any more
    call.wait_until(lambda: call.left_over(before) == set())


def test_down_removes_labs_of_lanes_that_were_killed(call):
    call.guide.page("x")
    lab = replace(call.lab, label="containerd-1.0.0")
    lab.folder.mkdir(parents=True)
    (lab.folder / "lab.json").write_text("{")
    lab.namespace.create(lab.nodes.host, lab.nodes.network)
    assert [each.name for each in call.lab.labelled()] == [lab.name]
    done = call("down")
    assert (done.returncode, done.stdout[:4]) == (0, "Down")
    assert not lab.namespace.exists()
    assert call.lab.labelled() == []


def test_nodes_and_lanes_are_measured_on_labs_of_their_own(call):
    call.guide.write("config/versions.yaml", "debian: trixie\n")
    call.guide.page(step("touch /root/here"))
    assert call("up").returncode == 0  # the reader's own nodes are in nobody's way
    done = call("bench", "nodes", "lanes", "--repeat", "1", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["results"]
    assert [each["name"] for each in found] == ["nodes up", "one lane", "2 lanes at once", "4 lanes at once"]
    assert [each.get("at most") for each in found] == [None, None, 1.3, 2.0]
    assert [path for path in (call.guide.root / "build").rglob("*") if path.is_file()] == [
        call.guide.root / "build/bench.json"
    ]
    assert call.lab.alive()
    call.guide.page(step("ls /nowhere"))
    done = call("bench", "lanes", "--repeat", "1")
    assert (done.returncode, "bench-0 did not hold, so its time says nothing." in done.stderr) == (1, True)
    assert call("down").returncode == 0
