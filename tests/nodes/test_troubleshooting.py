"""Every symptom of the page on troubleshooting: caused, seen in the page's own words, and gone by its remedy.

All tests share one lab, which goes the guide's way: a test asks for the chapter that its symptom belongs to.
"""

import re

import pytest

from tests.conftest import ROOT, Guide, copy_parts
from tests.nodes.cluster import Cluster
from tests.nodes.conftest import Caller

PAGE = (ROOT / "docs/reference/troubleshooting.md").read_text()
SECTIONS = {
    anchor: (re.findall(r"`([^`]+)`", heading), " ".join(body.split()))
    for heading, anchor, body in re.findall(
        r"^### ([^\n]*) \{ #(\S+) \}\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE
    )
}
TESTED: set[str] = set()

READY = "kubectl get --raw /readyz"
WITHOUT_OPTION = "source <(grep --invert-match disable-admission-plugins /vagrant/script/apiserver.sh)"
NODE = "kube-node"
ADDRESS = "$(kubectl get service nginx --output jsonpath='{.spec.clusterIP}')"
ASK = "curl --silent --max-time 1 http://$SERVICE"


class Symptom:
    """A section of the page: the words that one sees, and remedies that it names."""

    def __init__(self, anchor):
        self.words, self._text = SECTIONS[anchor]

    def says(self, text):
        """Give a text that the section has, between backticks or not."""
        assert text in self._text, f"the page does not say: {text}"
        return text


def symptom(anchor):
    """Mark the test of a section, and give it the section."""
    TESTED.add(anchor)
    return pytest.mark.parametrize("page", [Symptom(anchor)], ids=[anchor])


@pytest.fixture(scope="module")
def fresh(root, tmp_path_factory):
    """Clean nodes."""
    guide = Guide(tmp_path_factory.mktemp("troubles"))
    guide.page("No steps.\n")
    copy_parts(root, guide.root, ("config", "script", "manifests"))
    caller = Caller(guide, root)
    try:
        done = caller("up")
        assert done.returncode == 0, done.stderr
        cluster = Cluster(caller.lab)
        yield cluster
        cluster.close()
    finally:
        caller.lab.down()


@pytest.fixture(scope="module")
def one(fresh):
    """Chapter 1: a runtime and its network. The kubelet has its configuration."""
    fresh.starts("containerd")
    fresh.sees("ctr version", "Server:")
    fresh.does("cp /vagrant/config/kubelet-config.yaml /etc/kubernetes")
    return fresh


@pytest.fixture(scope="module")
def keys(one):
    """Chapter 2, before anything of it runs: keys, token, and the way to the API server."""
    one.starts("create-service-account-cert")
    one.does(
        "(umask 077 && echo 00000000000000000000000000000001,admin,admin,system:masters >/etc/kubernetes/token.txt)",
        "cut --delimiter=, --fields=1 /etc/kubernetes/token.txt >/etc/kubernetes/token",
        "cp /vagrant/config/kubeconfig.yaml /etc/kubernetes",
    )
    return one


@pytest.fixture(scope="module")
def two(keys):
    """Chapter 2: the API server answers, and no kubelet has joined."""
    keys.starts("etcd", "apiserver")
    keys.does("export KUBECONFIG=/etc/kubernetes/kubeconfig.yaml")
    keys.sees(READY, "ok")
    return keys


@pytest.fixture(scope="module")
def joined(two):
    """Chapter 2, at its end."""
    two.does("systemctl stop kubelet 2>/dev/null || [ $? = 5 ]")
    two.starts("kubelet")
    two.sees("kubectl get nodes", " Ready ")
    where = '{"spec": {"nodeName": "kube-control-plane"}}'
    two.does(f"kubectl run wrong --image=nginx:0 --overrides='{where}'")  # takes its time to fail for good
    return two


@pytest.fixture(scope="module")
def three(joined):
    """Chapter 3: pods are placed, and brought back."""
    joined.starts("scheduler", "controller-manager")
    joined.does("kubectl apply -f /vagrant/manifests/deployment-nginx.yaml")
    joined.sees("kubectl get deployment nginx", "1/1")
    return joined


@pytest.fixture(scope="module")
def four(three):
    """Chapter 4: services answer."""
    three.does("kubectl apply -f /vagrant/manifests/service-nginx-clusterip.yaml")
    three.starts("kube-proxy")
    three.does(f"SERVICE={ADDRESS}")
    three.sees(ASK, "nginx-")
    return three


@pytest.fixture(scope="module")
def six(four):
    """Chapter 6: flannel, on one node."""
    four.does("systemctl stop kubelet", "cp /vagrant/config/10-flannel.conflist /etc/cni/net.d")
    four.starts("etcd-flannel-config", "flanneld", "containerd-cni")
    four.sees("ctr version", "Server:")
    four.sees("cat /run/flannel/subnet.env", "FLANNEL_SUBNET")
    four.starts("kubelet")
    four.does("kubectl delete pods --all --now")
    four.sees("kubectl get pods --output wide", "1/1", "10.2.")
    return four


@symptom("no-unit")
def test_a_program_that_has_ended_is_no_unit_any_more(fresh, page):
    fresh.does("rm -f /etc/kubernetes/kubelet-config.yaml")
    since = fresh.now()
    fresh.starts("kubelet-bare")
    fresh.sees("systemctl status kubelet", *page.words)
    assert fresh.run("systemctl is-active kubelet")[1] == f"{page.says('inactive')}\n"
    fresh.logs("kubelet", since, "failed to")


@symptom("kubelet-config")
def test_a_kubelet_without_its_configuration(fresh, page):
    fresh.does("systemctl stop kubelet 2>/dev/null || [ $? = 5 ]", "rm -f /etc/kubernetes/kubelet-config.yaml")
    since = fresh.now()
    fresh.starts("kubelet-bare")
    fresh.logs("kubelet", since, *page.words, page.says("no such file or directory"))
    fresh.sees("systemctl is-active kubelet", "inactive")
    fresh.does(page.says("cp /vagrant/config/kubelet-config.yaml /etc/kubernetes"))


@symptom("cri")
def test_a_kubelet_without_a_runtime(fresh, page):
    fresh.does(
        "systemctl stop containerd-by-hand 2>/dev/null || [ $? = 5 ]",
        "cp /vagrant/config/kubelet-config.yaml /etc/kubernetes",
    )
    since = fresh.now()
    fresh.starts("kubelet-bare")
    fresh.logs("kubelet", since, *page.words)
    fresh.sees("systemctl is-active kubelet", "inactive")
    fresh.does(f"source {page.says('/vagrant/script/containerd.sh')}")
    fresh.sees(page.says("ctr version"), "Server:")
    fresh.starts("kubelet-bare")
    fresh.sees("curl --silent http://127.0.0.1:10248/healthz", "ok")
    fresh.does("systemctl stop kubelet")


@symptom("localhost-8080")
def test_kubectl_without_a_kubeconfig(keys, page):
    status, output = keys.run("env --unset=KUBECONFIG kubectl get pods")
    assert (status, page.words[0] in output) == (1, True), output


@symptom("no-certificate")
def test_a_kubelet_and_kubectl_without_the_certificate(keys, page):
    assert keys.run("ls /etc/kubernetes/pki/apiserver.crt")[0] == 2
    since = keys.now()
    keys.starts("kubelet")
    keys.logs("kubelet", since, *page.words)
    status, output = keys.run("KUBECONFIG=/etc/kubernetes/kubeconfig.yaml kubectl get nodes")
    assert (status, page.words[0] in output) == (1, True), output


@symptom("etcd")
def test_an_api_server_without_etcd(keys, page):
    since = keys.now()
    keys.starts("apiserver")
    keys.logs("kube-apiserver", since, *page.words)
    refused = Symptom("localhost-8080").words[0].replace("localhost", "10.10.0.10").replace("8080", "6443")
    keys.sees("KUBECONFIG=/etc/kubernetes/kubeconfig.yaml kubectl get pods", refused)
    keys.does(f"source {page.says('/vagrant/script/etcd.sh')}")
    again = f"source {page.says('/vagrant/script/apiserver.sh')}"  # it may give up at any moment
    keys.sees(f"{again} && KUBECONFIG=/etc/kubernetes/kubeconfig.yaml {READY}", "ok")


@symptom("unauthorized")
def test_a_token_that_the_api_server_has_not_read(two, page):
    two.does("sed -i s/^0/1/ /etc/kubernetes/token.txt")
    two.does(page.says("cut --delimiter=, --fields=1 /etc/kubernetes/token.txt >/etc/kubernetes/token"))
    two.sees("kubectl get nodes", *page.words)
    since = two.now()
    two.starts("kubelet")
    two.logs("kubelet", since, page.says("Unauthorized"))
    two.does(page.says("systemctl stop kube-apiserver"))
    two.does(f"source {page.says('/vagrant/script/apiserver.sh')}")
    two.sees(READY, "ok")
    two.does("kubectl get nodes")


@symptom("no-service-account")
def test_a_pod_where_nobody_makes_service_accounts(joined, page):
    joined.does("systemctl stop kube-apiserver", WITHOUT_OPTION)
    joined.sees(READY, "ok")
    status, output = joined.run("kubectl apply -f /vagrant/manifests/pod-nginx-pinned.yaml")
    assert (status, page.words[0] in output) == (1, True), output
    assert page.says("is forbidden: error looking up service account default/default") in output
    joined.does("systemctl stop kube-apiserver", f"source {page.says('/vagrant/script/apiserver.sh')}")
    joined.sees(READY, "ok")
    joined.does("kubectl apply -f /vagrant/manifests/pod-nginx-pinned.yaml")


@symptom("missing-cluster-dns")
def test_every_pod_has_a_warning_until_there_is_dns(joined, page):
    joined.does("kubectl delete pod nginx --ignore-not-found --now")
    joined.does("kubectl apply -f /vagrant/manifests/pod-nginx-pinned.yaml")
    words = page.says("kubelet does not have ClusterDNS IP configured")
    joined.sees("kubectl get events --field-selector=involvedObject.name=nginx,type=Warning", *page.words, words)
    joined.sees("kubectl get pod nginx", "Running")
    joined.does("kubectl delete pod nginx --now")


@symptom("cni")
def test_a_runtime_without_a_network(joined, page):
    joined.does("systemctl stop kubelet", "rm /etc/cni/net.d/10-bridge.conflist")
    since = joined.now()
    joined.starts("kubelet")
    joined.logs("kubelet", since, page.says("container runtime network not ready"), *page.words)
    joined.sees("kubectl get nodes", page.says("NotReady"))
    joined.sees("kubectl describe node kube-control-plane", "container runtime network not ready", *page.words)
    joined.does("cp /vagrant/config/10-bridge.conflist /etc/cni/net.d")
    joined.sees("kubectl get nodes", " Ready ")


@symptom("image-pull")
def test_an_image_that_the_node_lacks(joined, page):
    for words in page.words[:2]:
        joined.sees("kubectl get events --field-selector=involvedObject.name=wrong", words)
    joined.does("kubectl set image pod/wrong wrong=nginx:1.26.3")
    joined.sees("kubectl get pod wrong", "Running")
    joined.does("kubectl delete pod wrong --now")


@symptom("taint")
def test_a_pod_that_a_taint_keeps_away(joined, page):
    joined.starts("scheduler")
    joined.does("kubectl apply -f /vagrant/manifests/pod-nginx.yaml")
    joined.sees("kubectl describe pod nginx", *page.words[:1])
    assert page.says("Pending") in joined.does("kubectl get pod nginx")
    joined.does("kubectl taint node kube-control-plane node.kubernetes.io/not-ready:NoSchedule-")
    joined.sees("kubectl get pod nginx", "Running")
    joined.does("kubectl delete pod nginx --now")


@symptom("no-replicaset")
def test_a_deployment_that_nobody_acts_on(joined, page):
    joined.does("kubectl apply -f /vagrant/manifests/deployment-nginx.yaml")
    assert page.words[0] in joined.does("kubectl get deployment nginx")
    assert joined.does("kubectl get replicasets").startswith("No resources found")
    joined.does(f"source {page.says('/vagrant/script/controller-manager.sh')}")
    joined.sees("kubectl get deployment nginx", "1/1")


@symptom("already-loaded")
def test_a_runtime_that_was_stopped_while_pods_run(three, page):
    three.does("systemctl stop containerd-by-hand")
    status, output = three.run("source /vagrant/script/containerd.sh")
    assert (status, page.words[0] in output, "containerd starts" in output) == (1, True, False), output
    three.does(page.says("systemctl start containerd-by-hand"))
    three.sees("ctr --namespace k8s.io tasks list", "RUNNING")


@symptom("timeout")
def test_a_service_without_rules(three, page):
    three.does("kubectl apply -f /vagrant/manifests/service-nginx-clusterip.yaml", f"SERVICE={ADDRESS}")
    assert three.run(ASK)[0] == 28
    assert three.run(page.says("iptables -t nat -S KUBE-SERVICES"))[0] == 1
    three.starts("kube-proxy")
    three.sees(ASK, "nginx-")


@symptom("no-endpoints")
def test_a_service_without_endpoints(four, page):
    four.does("kubectl scale deployment nginx --replicas 0")
    four.sees(page.says("iptables -t filter -S KUBE-SERVICES"), page.says("has no endpoints"))
    assert four.run(ASK)[0] == 7
    four.does("kubectl scale deployment nginx --replicas 1")
    four.sees(ASK, "nginx-")


@symptom("no-certificate")
def test_a_second_node_that_has_not_fetched_the_certificate(four, page):
    four.does("cp /vagrant/config/{kubelet-config,kubeconfig}.yaml /etc/kubernetes", node=NODE)
    four.starts("containerd", node=NODE)
    four.sees("ctr version", "Server:", node=NODE)
    since = four.now(NODE)
    four.starts("kubelet", node=NODE)
    four.logs("kubelet", since, page.words[0], node=NODE)
    four.does(
        "mkdir -p /etc/kubernetes/pki",
        "scp -q kube-control-plane:/etc/kubernetes/token /etc/kubernetes",
        "scp -q kube-control-plane:/etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki",
        "source /vagrant/script/kubelet.sh",
        node=NODE,
    )
    four.sees("kubectl get node kube-node", " Ready ")
    four.does("systemctl stop kubelet", node=NODE)
    four.does("kubectl delete node kube-node")


@symptom("no-flannel-config")
def test_flanneld_without_a_network_in_etcd(four, page):
    since = four.now()
    four.starts("flanneld")
    four.logs("flanneld", since, page.words[0], page.says("Couldn't fetch network config"))
    four.does(f"source {page.says('/vagrant/script/etcd-flannel-config.sh')}")
    four.sees("cat /run/flannel/subnet.env", "FLANNEL_SUBNET")


@symptom("no-subnet-env")
def test_a_pod_that_comes_before_flanneld(six, page):
    six.does("systemctl stop flanneld", "rm /run/flannel/subnet.env", "kubectl delete pods --all --now")
    six.sees("kubectl describe pods --selector=app=nginx", *page.words[:1])
    assert page.says("ContainerCreating") in six.does("kubectl get pods")
    six.starts("flanneld")
    six.sees("kubectl get pods", "1/1")


@symptom("no-token")
def test_coredns_without_a_token(six, page):
    coredns = "deployment coredns --namespace kube-system"
    six.does("kubectl apply -f /vagrant/manifests/coredns.yaml")
    six.sees("kubectl logs --namespace kube-system deployment/coredns", page.words[0])
    six.does("systemctl stop kube-apiserver", WITHOUT_OPTION)
    six.sees(READY, "ok")
    six.does(page.says(f"kubectl rollout restart {coredns}"))
    six.sees(f"kubectl rollout status {coredns} --timeout=1s", "successfully rolled out")


@symptom("old-resolver")
def test_a_pod_that_is_older_than_the_kubelets_configuration(six, page):
    six.does(
        "systemctl stop kubelet", "cp /vagrant/config/kubelet-config-dns.yaml /etc/kubernetes/kubelet-config.yaml"
    )
    six.starts("kubelet")
    six.sees("kubectl get node kube-control-plane", " Ready ")
    resolver = f"kubectl exec deployment/nginx -- cat {page.words[0]}"
    six.sees(resolver, "nameserver 10.10.0.1")
    six.does(page.says("kubectl rollout restart deployment nginx"))
    six.sees("kubectl rollout status deployment nginx --timeout=1s", "successfully rolled out")
    six.sees(resolver, "nameserver 10.1.1.2")


@symptom("runs-already")
def test_every_script_says_that_it_has_nothing_to_do(six, page):
    """Those that start something in this lab; the kubelet's words stand on the page."""
    assert page.words[0] in six.does("source /vagrant/script/kubelet.sh")
    assert page.words[0] in six.does("source /vagrant/script/kubelet-bare.sh")
    others = {"provision", "etcd-flannel-config", "cri-dockerd", "cri-dockerd-cni"}  # Docker's are for its own lane
    scripts = {path.stem for path in (ROOT / "script").glob("*.sh")} - others
    for name in sorted(scripts):
        assert "already" in six.does(f"source /vagrant/script/{name}.sh"), name
    assert six.does("ls /etc/cni/net.d") == "10-flannel.conflist\n"
    network = six.does("etcdctl get /coreos.com/network/config")
    six.starts("etcd-flannel-config")
    assert six.does("etcdctl get /coreos.com/network/config") == network


def test_every_section_of_the_page_has_a_test():
    assert set(SECTIONS) == TESTED
    assert PAGE.count("\n### ") == len(SECTIONS)
