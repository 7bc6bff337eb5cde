"""The engine without Kubernetes: a small guide about a web server, on one node."""

import json


def test_the_second_guide_holds_on_a_node_that_has_only_what_it_names(nginx):
    done = nginx("verify", "--keep")
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads((nginx.guide.root / "build/evidence/embedded-containerd-none.json").read_text())
    assert [each["status"] for each in seen["steps"]] == ["passed"] * 8 + ["skipped"]
    assert (seen["versions"], seen["images"], seen["stand_ins"]) == ({}, {}, [])
    assert "Hello from the web." in seen["steps"][3]["output"]
    assert (nginx.guide.root / "build/site/2-a-second-site.html").exists()
    assert list((nginx.lab.folder / "bin").iterdir()) == []
    node = nginx.lab.node("web")
    try:
        said = node.run(
            "hostname --ip-address; pwd; ls /usr/local/bin /var/lib/containerd; findmnt /vagrant -no FSTYPE", 10
        )
    finally:
        node.close()
    assert said.output.split()[:2] == ["10.10.0.10", "/vagrant"]
    assert "cannot access '/var/lib/containerd'" in said.output
