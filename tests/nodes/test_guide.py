"""The guide itself, on real nodes: that it holds, and that it is noticed when it does not."""

import json

import pytest

from guide.plan import Lane
from guide.project import open_project
from tests.nodes.conftest import step
from tests.nodes.test_secrets import leaks, verify, words


def evidence(call):
    return json.loads((call.guide.root / "build/evidence/embedded-containerd-1.37.2.json").read_text())


def test_every_step_of_the_guide_holds(copy, root):
    done = copy("verify")
    assert done.returncode == 0, done.stdout + done.stderr
    seen = evidence(copy)
    planned = open_project(root).plan(Lane("embedded", "containerd", "1.37.2"))
    assert [(each["page"], each["line"], each["node"], each["command"]) for each in seen["steps"]] == [
        (each.step.where.page, each.step.where.line, each.step.node, each.step.command) for each in planned
    ]
    assert {each["status"] for each in seen["steps"]} == {"passed"}
    assert {each["chapter"] for each in seen["steps"]} == set(range(8))
    assert len(seen["steps"]) >= 100
    said = [each["output"] for each in seen["steps"] if each["command"] == "kubectl version"]
    assert "Server Version: v1.37.2" in said[0]
    assert len(seen["stand_ins"]) == 2


@pytest.mark.parametrize(
    ("flag", "bent", "command"),
    [
        (
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-issuer=https://other.example",
            "kubectl get --raw /.well-known/openid-configuration",
        ),
        (
            "--token-auth-file=/etc/kubernetes/token.txt ",
            "",
            "curl --silent --cacert /etc/kubernetes/pki/apiserver.crt --h",
        ),
    ],
)
def test_a_broken_flag_of_the_api_server_is_noticed_at_the_right_step(copy, flag, bent, command):
    script = copy.guide.root / "script/apiserver.sh"
    text = script.read_text()
    assert flag in text
    script.write_text(text.replace(flag, bent))
    done = copy("verify", "--to", "2")
    assert done.returncode == 1
    [failed] = [each for each in evidence(copy)["steps"] if each["status"] == "failed"]
    assert failed["command"].startswith(command)
    assert f"{failed['page']}:{failed['line']} (kube-control-plane): " in done.stdout


def test_token_and_keys_of_the_cluster_are_nowhere_when_a_step_prints_them(copy, tmp_path_factory):
    page = copy.guide.root / "docs/2-api-server-and-etcd.md"
    files = "/etc/kubernetes/token /etc/kubernetes/token.txt /etc/kubernetes/pki/*.key"
    prose = "## A pod through the API"
    assert page.read_text().count(prose) == 1
    made = "kubectl create serviceaccount shown; kubectl create token shown"
    steps = step(f"cat {files}") + step("base64 /etc/kubernetes/token") + step(made) + step(f"cat {files}; false")
    page.write_text(page.read_text().replace(prose, steps + prose))
    status, given = verify(copy, tmp_path_factory.mktemp("job"), "--to", "2")
    assert status == 1, given["stderr"]
    said = {each["command"]: set(each["output"].split("\n")) for each in evidence(copy)["steps"]}
    assert said[f"cat {files}"] == {"***", ""}
    assert {line[:3] for line in said["base64 /etc/kubernetes/token"]} == {"***", ""}
    assert said[made] == {"serviceaccount/shown created", "***"}
    assert [place for place, text in given.items() if b"eyJhbGciOi" in text] == []
    assert leaks(given, words(copy, files)) == []
