"""Which steps look at a reader's nodes, and where they lead back to."""

import pytest

from guide.checkup import looks, origin, refuse_lost, variables, verdict
from guide.errors import InputError
from guide.project import open_project
from guide.run import Outcome, Result
from guide.step import Kind


@pytest.fixture(scope="module")
def plan(root):
    project = open_project(root)
    return project.plan(project.lane("embedded", "containerd"))


def back(plan, look):
    found = origin(plan, look)
    assert found is not None
    return found


def test_every_chapter_has_looks_that_lead_back_to_what_brings_them(plan):
    refuse_lost(plan)
    for chapter in range(1, 8):
        found = looks(plan, chapter)
        assert found
        assert {each.step.kind for each in found} == {Kind.CHECK}
        assert max(each.step.seconds for each in found) <= 5
        assert all((back(plan, each).chapter or 0) <= chapter for each in found)


def test_a_look_leads_back_to_its_own_node(plan):
    [second] = [each for each in looks(plan, 5) if each.step.node == "kube-node"]
    assert back(plan, second).step.node == "kube-node"
    assert "script/kubelet.sh" in back(plan, second).step.command


def test_a_chapter_without_looks_is_wrong_input(plan):
    with pytest.raises(InputError, match="Chapter 0 has nothing to check; chapters that have: 1, 2"):
        looks(plan, 0)


def test_variables_are_those_that_the_reader_has_exported_so_far(plan):
    assert variables(plan, 1, "kube-control-plane") == []
    assert variables(plan, 2, "kube-control-plane") == ["export KUBECONFIG=/etc/kubernetes/kubeconfig.yaml"]
    assert variables(plan, 2, "kube-node") == []


def test_the_verdict_says_what_holds_what_does_not_and_where_to_go_on(plan):
    etcd, api, _ = looks(plan, 2)
    words = verdict([Outcome(etcd, Result.PASSED), Outcome(api, Result.FAILED, problem="no")], plan)
    brings = back(plan, api)
    assert "hold: etcd answers (kube-control-plane)." in words
    assert "does not: the API server answers (kube-control-plane). See step" in words
    assert f"{brings.label} ({brings.step.where})" in words
    assert words.endswith("source /vagrant/script/apiserver.sh")
    assert verdict([Outcome(etcd, Result.PASSED)], plan) == "All of it holds: go on with the next chapter."


@pytest.mark.parametrize("attribute", ['data-shows="it works"', 'data-see="true"'])
def test_shows_and_see_belong_together(guide, attribute):
    guide.write("docs/1-page.md", f'# One\n\n```{{ .bash title="web" {attribute} }}\ntrue\n```\n')
    with pytest.raises(InputError, match="data-shows and data-see belong together"):
        open_project(guide.root).plan(open_project(guide.root).lane("embedded", "containerd"))
