"""Mutants of the real files: scripts, manifests, configuration."""

import yaml

from guide.mutation.fields import field_mutants, toml_mutants
from guide.mutation.mutant import Kind
from guide.mutation.scripts import script_mutants

NODES = {"web": "10.20.0.10", "db": "10.20.0.11"}
SCRIPT = """\
# Starts --nothing by --itself.
if systemctl is-active --quiet thing; then
    echo "runs --already"
else
    run --quiet --unit=thing \\
        thing \\
        --port=80 \\
        --name="$(hostname -i)"
    cp a b
fi
"""
MANIFEST = """\
# A pod of port: 80
apiVersion: v1
kind: Pod
metadata:
  labels: {app: nginx, other: thing}
spec:
  nodeName: web
  ports:
    - port: 80
      protocol: UDP
  data: |
    .:53 {
        errors
        forward . 10.1.1.2
    }
"""


def results(mutants, text):
    return {mutant.what: mutant.of(text) for mutant in mutants}


def test_each_flag_and_statement_of_a_script_is_deleted_and_each_value_bent():
    found = results(script_mutants("script/a.sh", SCRIPT, NODES), SCRIPT)
    assert set(found) == {
        "deleted: --quiet",
        "deleted: run --quiet --unit=thing",
        "deleted: --unit=thing",
        "--unit=thing became --unit=thing-bent",
        "deleted: --port=80",
        "--port=80 became --port=81",
        'deleted: --name="$(hostname -i)"',
        '--name="$(hostname -i)" became --name="$(hostname -i)-bent"',
        "deleted: cp a b",
    }
    assert len(script_mutants("script/a.sh", SCRIPT, NODES)) == 10  # --quiet stands there twice
    assert "        \\\n        --name" in found["deleted: --port=80"]
    assert "    :\n\n\n\n    cp a b\n" in found["deleted: run --quiet --unit=thing"]
    assert "    run --quiet --unit=thing-bent \\\n" in found["--unit=thing became --unit=thing-bent"]
    assert all(text.count("\n") == SCRIPT.count("\n") for text in found.values())


def test_each_field_of_a_manifest_is_deleted_and_each_value_bent():
    mutants = field_mutants("manifests/a.yaml", MANIFEST, NODES)
    found = results(mutants, MANIFEST)
    assert set(found) == {
        "deleted: app: nginx",
        "app: nginx became nginx-bent",
        "deleted: other: thing",
        "other: thing became thing-bent",
        "deleted: nodeName: web",
        "nodeName: web became db",
        "deleted: port: 80",
        "port: 80 became 81",
        "deleted: protocol: UDP",
        "protocol: UDP became TCP",
        "deleted: errors",
        "deleted: forward . 10.1.1.2",
        "forward .: 10.1.1.2 became 10.1.1.3",
    }
    assert yaml.safe_load(found["deleted: other: thing"])["metadata"] == {"labels": {"app": "nginx"}}
    assert yaml.safe_load(found["deleted: port: 80"])["spec"]["ports"] == [{"protocol": "UDP"}]
    assert yaml.safe_load(found["deleted: errors"])["spec"]["data"].split() == [
        ".:53",
        "{",
        "forward",
        ".",
        "10.1.1.2",
        "}",
    ]
    kinds = {mutant.what: mutant.kind for mutant in mutants}
    assert kinds["app: nginx became nginx-bent"] is Kind.LABEL
    assert kinds["port: 80 became 81"] is Kind.PORT


def test_fields_of_json_go_with_their_comma():
    text = '{\n  "a": true,\n  "b": [{"c": "d"}]\n}\n'
    found = results(field_mutants("config/a.conflist", text, NODES), text)
    assert [yaml.safe_load(changed) for changed in found.values()] == [
        {"b": [{"c": "d"}]},
        {"a": False, "b": [{"c": "d"}]},
        {"a": True, "b": [{}]},
        {"a": True, "b": [{"c": "d-bent"}]},
    ]


def test_lines_of_toml_are_deleted_and_bent_and_comments_are_not():
    text = '# a = 1\n[table]\n  name = "x"  # why\n'
    assert list(results(toml_mutants("config/a.toml", text, NODES).__iter__(), text).values()) == [
        "# a = 1\n[table]\n    # why\n",
        '# a = 1\n[table]\n  name = "x-bent"  # why\n',
    ]
