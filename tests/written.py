"""Evidence as it is written, for tests of what is made from it."""

from typing import Any

DIFFERENCE = """\
docs/2-b.md:9 (db): it did not print what docs/2-b.md:13 says, after 4 attempts in 30 s
$ kubectl get pods
  - nginx   1/1   Running
  + nginx   0/1   Pending <wait>
    end"""


def step(**values: Any) -> dict[str, Any]:
    """Give a step that passed, with other values where the test wants them."""
    return {
        "page": "docs/1-a.md",
        "line": 5,
        "chapter": 1,
        "node": "web",
        "command": "hostname",
        "kind": "step",
        "label": "1.1",
        "snippet": "",
        "status": "passed",
        "exit": 0,
        "seconds": 0.25,
        "attempts": 1,
        "output": "web\n",
        "problem": "",
        **values,
    }


FAILED = step(
    page="docs/2-b.md",
    line=9,
    chapter=2,
    node="db",
    command="kubectl get pods",
    kind="check",
    label="2.1",
    status="failed",
    seconds=30.0,
    attempts=4,
    output="nginx   0/1   Pending <wait>\nend\n",
    problem=DIFFERENCE,
)
SKIPPED = step(
    line=9, label="1.2", status="skipped", exit=None, seconds=0.0, attempts=0, output="", problem="it *ends* the node"
)
NOT_RUN = step(
    page="docs/2-b.md",
    line=20,
    chapter=2,
    label="2.2",
    command="first line\nsecond line",
    status="not-run",
    exit=None,
    seconds=0.0,
    attempts=0,
    output="",
    problem="docs/2-b.md:9 failed",
)


def evidence(*steps: dict[str, Any]) -> dict[str, Any]:
    """Give evidence of these steps, or of one of each kind."""
    return {
        "lane": {"provider": "embedded", "runtime": "containerd", "kubernetes": "1.37.2"},
        "versions": {"etcd": "3.7.3"},
        "images": {"nginx": "docker.io/library/nginx:1.26.3"},
        "stand_ins": ["Images are built here."],
        "sources": {"etcd": "official release"},
        "inputs": {},
        "started": "2026-11-24T08:00:00.000+00:00",
        "finished": "2026-11-24T08:01:15.000+00:00",
        "seconds": 75.0,
        "diagnostics": [],
        "steps": list(steps or (step(), SKIPPED, FAILED, NOT_RUN)),
    }
