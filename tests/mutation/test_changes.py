import pytest

from guide.mutation.changes import assigned, changes, uses


@pytest.mark.parametrize(
    "command",
    [
        "source /vagrant/script/etcd.sh",
        "cp a b",
        "echo token >/etc/token",
        "kubectl apply -f pod.yaml",
        "kubectl rollout restart deployment nginx",
        "ctr --namespace k8s.io tasks kill --signal SIGKILL $(ctr containers list)",
        "systemctl stop kubelet\ndiff a b",
        "etcdctl put greeting hello",
        "true && (umask 077 && cut -d, -f1 a >b)",
        "export KUBECONFIG=x",
        "kubectl \\\n    delete pod nginx",
    ],
)
def test_a_command_that_changes_something(command):
    assert changes(command)


@pytest.mark.parametrize(
    "command",
    [
        "kubectl get pods --output name | wc --lines",
        'curl --header "Authorization: Bearer $(kubectl create token visitor)" https://10.0.0.1:6443',
        "ping -c 1 web >/dev/null && echo yes",
        "ctr version 2>&1 >/dev/null",
        "iptables -t nat -S | grep 'to-destination >x'",
        "for i in $(seq 3); do curl http://10.0.0.1 || echo failed; done | sort",
        "systemctl is-active kubelet",
        "OLD=$(kubectl get pods)",
    ],
)
def test_a_command_that_only_looks(command):
    assert not changes(command)


def test_variables_that_a_command_leaves_behind_and_those_that_it_needs():
    assert assigned('A=$(b)\nC="$A"; d') == {"A", "C"}
    assert uses("curl http://$POD", {"POD"})
    assert uses("curl http://${POD}", {"POD"})
    assert not uses("curl http://$PODS", {"POD"})
    assert not uses("POD=1\necho $POD", {"POD"})
