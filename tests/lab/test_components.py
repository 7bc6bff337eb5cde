from guide.lab.components import COMPONENTS, Build
from guide.lab.facts import read_versions
from guide.lab.runtime import SHIM
from guide.lab.toolchain import numbers

KUBELET = next(component for component in COMPONENTS if component.name == "kubelet")
FLANNELD = next(component for component in COMPONENTS if component.name == "flanneld")


def of(component, root, version="1.37.2", arch="amd64"):
    return Build(component, version, root / "config" / "modules", arch)


def test_kubernetes_is_stamped_with_its_real_version(root):
    flags = of(KUBELET, root).linker_flags()
    assert "-X k8s.io/component-base/version.gitVersion=v1.37.2" in flags
    assert "-X k8s.io/component-base/version.gitMinor=37" in flags


def test_c_code_is_linked_statically_and_only_where_upstream_has_it(root):
    assert "-extldflags=-static" in of(FLANNELD, root, "0.28.10").linker_flags()
    assert not of(FLANNELD, root, "0.28.10", "arm64").cgo
    assert not of(KUBELET, root).cgo


def test_every_input_changes_the_digest(tmp_path):
    module = tmp_path / "kubernetes-1.37.2"
    module.mkdir()
    (module / "go.mod").write_text("module a\n")
    build = Build(KUBELET, "1.37.2", tmp_path, "amd64")
    digests = {
        build.inputs("1.26.8"),
        build.inputs("1.26.9"),
        Build(KUBELET, "1.37.2", tmp_path, "arm64").inputs("1.26.8"),
    }
    (module / "go.mod").write_text("module b\n")
    digests.add(build.inputs("1.26.8"))
    assert len(digests) == 4


def test_every_component_has_a_version(root):
    versions = read_versions(root / "config").components
    assert {component.module for component in COMPONENTS} == versions.keys() - {SHIM}


def test_versions_compare_by_number():
    assert numbers("1.26.10") > numbers("1.26.9")
    assert numbers("devel") < numbers("1.0")
