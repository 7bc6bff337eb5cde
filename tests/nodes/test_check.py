"""What `check` and `doctor` say of a reader's own nodes."""

from tests.nodes.conftest import CONTROL_PLANE


def test_check_says_what_is_there_what_is_not_and_doctor_what_runs(copy):
    assert copy("check", "2").returncode == 3
    assert copy("goto", "3").returncode == 0
    done = copy("check", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All of it holds" in done.stdout
    node = copy.lab.node(CONTROL_PLANE)
    assert node.run("systemctl stop kube-apiserver", 10).status == 0
    node.close()
    done = copy("check", "2")
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "These hold: etcd answers (kube-control-plane). This does not: the API server answers" in said
    assert said.endswith("source /vagrant/script/apiserver.sh")
    assert done.stderr == ""
    done = copy("doctor")
    assert done.returncode == 0, done.stdout
    assert f"{CONTROL_PLANE} runs containerd-by-hand, etcd, kubelet" in done.stdout
    assert "kube-node runs nothing that you started yet" in done.stdout
