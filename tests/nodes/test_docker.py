"""The runtime docker: the whole guide where a cri-dockerd is at hand, and without one what is real all the same."""

import json
import os

import pytest

from guide.lab.cache import Cache, cache_root
from guide.lab.embedded import Embedded
from guide.lab.parts import make_parts
from guide.lab.runtime import Runtime
from guide.mutation.trial import Nobody
from guide.plan import Lane
from guide.project import open_project

SHIM = "GUIDE_CRI_DOCKERD"
CONTROL_PLANE = "kube-control-plane"


@pytest.mark.skipif(SHIM not in os.environ, reason=f"cri-dockerd is in no registry, and {SHIM} names none")
def test_every_step_of_the_guide_holds_on_docker(copy, root):
    done = copy("verify", "--runtime", "docker")
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads((copy.guide.root / "build/evidence/embedded-docker-1.37.2.json").read_text())
    planned = open_project(root).plan(Lane("embedded", "docker", "1.37.2"))
    assert [each["command"] for each in seen["steps"]] == [each.step.command for each in planned]
    assert {each["status"] for each in seen["steps"]} == {"passed"}
    assert seen["versions"]["cri-dockerd"] == "0.4.3"
    assert any("SHA-256" in each for each in seen["stand_ins"])
    [nodes] = [each for each in seen["steps"] if each["command"] == "kubectl get nodes --output wide"]
    assert "docker://26.1" in nodes["output"]


@pytest.mark.skipif(SHIM not in os.environ, reason=f"cri-dockerd is in no registry, and {SHIM} names none")
def test_scripts_for_docker_say_that_they_have_nothing_to_do(copy):
    assert copy("goto", "1", "--runtime", "docker").returncode == 0
    node = copy.lab.node(CONTROL_PLANE)
    try:
        for name, said in {
            "cri-dockerd": "runs already",
            "cri-dockerd-cni": "connects pods by flannel already",
        }.items():
            script = f"source /vagrant/script/{name}.sh"
            assert node.run(script, 30).status == 0
            again = node.run(script, 30)
            assert (again.status, said in again.output) == (0, True), again.output
    finally:
        node.close()


def test_docker_on_a_node_has_the_images_and_runs_them(copy):
    project = open_project(copy.guide.root)
    runtime, cache = Runtime("docker"), Cache(cache_root())
    lab = Embedded(project.root, project.nodes, cache, runtime)
    lab.up(make_parts(lab, project.versions, Nobody()), os.getpid())
    node = lab.node(CONTROL_PLANE)
    try:
        start = "systemd-run --quiet --collect --unit=docker-by-hand --service-type=notify dockerd"
        assert node.run(start, 30).status == 0
        listed = node.run("docker images --format '{{.Repository}}:{{.Tag}}'", 10).output
        assert {name.removeprefix("docker.io/library/") for name in project.versions.images.values()} <= {
            f"docker.io/{line}" if line.startswith("coredns/") else line for line in listed.split()
        }
        pause = project.versions.images["pause"]
        ran = node.run(f"docker run --detach --oom-score-adj=-998 {pause} && docker ps --quiet | wc --lines", 30)
        assert ran.status == 0, ran.output
        assert ran.output.split()[-1] == "1"
    finally:
        node.close()
        lab.down()


def test_what_no_tab_divides_is_the_same_step_in_both_lanes(root):
    project = open_project(root)
    lanes = {
        name: {
            (each.label, each.step.node, each.step.command)
            for each in project.plan(project.lane("embedded", name))
            if not each.step.tabs
        }
        for name in ("containerd", "docker")
    }
    assert lanes["containerd"] == lanes["docker"]
    assert lanes["docker"]
