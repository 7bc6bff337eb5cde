import pytest

from guide.mutation.bend import bend_value, other_address
from guide.mutation.mutant import Kind

NODES = {"web": "10.20.0.10", "db": "10.20.0.11"}


def bent(name, value):
    return [
        (value[: bend.start] + bend.new + value[bend.end :], bend.kind) for bend in bend_value(name, value, NODES)
    ]


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("secure-port", "6443", [("6444", Kind.PORT)]),
        ("replicas", "1", [("2", Kind.VALUE)]),
        ("leader-elect", "false", [("true", Kind.VALUE)]),
        ("protocol", "UDP", [("TCP", Kind.VALUE)]),
        ("mode", '"iptables"', [('"iptables-bent"', Kind.VALUE)]),
        ("apiGroups", '""', [('"bent"', Kind.VALUE)]),
        ("containerRuntimeEndpoint", "unix:///a", [("unix:///a-bent", Kind.VALUE)]),
        ("nodeName", "web", [("db", Kind.NODE)]),
        ("advertise-address", "10.20.0.10", [("10.20.0.11", Kind.ADDRESS)]),
        ("clusterIP", "10.1.1.2", [("10.1.1.3", Kind.ADDRESS)]),
        ("range", "10.1.0.0/16", [("10.2.0.0/16", Kind.ADDRESS)]),
        ("image", "nginx:1.26.3", [("nginx:1.26.3-bent", Kind.VALUE)]),
        (
            "urls",
            "http://127.0.0.1:2379,http://10.20.0.11:80",
            [
                ("http://127.0.0.2:2379,http://10.20.0.11:80", Kind.ADDRESS),
                ("http://127.0.0.1:2380,http://10.20.0.11:80", Kind.PORT),
                ("http://127.0.0.1:2379,http://10.20.0.10:80", Kind.ADDRESS),
                ("http://127.0.0.1:2379,http://10.20.0.11:81", Kind.PORT),
            ],
        ),
    ],
)
def test_a_value_becomes_another_one_of_its_kind(name, value, result):
    assert bent(name, value) == result


@pytest.mark.parametrize("name", ["timeout", "max-time", "periodSeconds", "TimeoutStopSec"])
def test_a_time_limit_is_not_bent_since_nobody_would_see_it(name):
    assert bent(name, "1") == []


def test_all_networks_become_half_of_them():
    assert other_address("0.0.0.0", "/0", NODES) == "128.0.0.0/1"


def test_a_name_within_another_name_is_not_bent_as_a_node():
    assert bent("x", "web-server") == [("web-server-bent", Kind.VALUE)]
