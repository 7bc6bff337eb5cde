from xml.etree import ElementTree

from guide.junit import junit
from tests.written import DIFFERENCE, NOT_RUN, evidence, step


def suite(*steps):
    root = ElementTree.fromstring(junit(evidence(*steps)))  # noqa: S314 - our own
    assert root.tag == "testsuites"
    [only] = root
    return only


def test_the_suite_is_the_lane_with_its_counts():
    seen = suite()
    assert seen.attrib == {
        "name": "embedded-containerd-1.37.2",
        "tests": "4",
        "failures": "1",
        "errors": "0",
        "skipped": "2",
        "time": "30.250",
        "timestamp": "2026-11-24T08:00:00.000+00:00",
    }


def test_versions_and_stand_ins_are_properties():
    assert {(each.get("name"), each.get("value")) for each in suite().find("properties")} == {
        ("lane provider", "embedded"),
        ("lane runtime", "containerd"),
        ("lane kubernetes", "1.37.2"),
        ("version of etcd", "3.7.3"),
        ("image nginx", "docker.io/library/nginx:1.26.3"),
        ("source of etcd", "official release"),
        ("stand-in", "Images are built here."),
    }


def test_a_case_has_all_that_viewers_ask_for():
    assert suite().findall("testcase")[0].attrib == {
        "classname": "docs/1-a.md",
        "name": "1.1 web: hostname",
        "file": "docs/1-a.md",
        "line": "5",
        "time": "0.250",
    }
    assert suite().findall("testcase")[0].find("system-out").text == "web\n"


def test_a_case_of_several_lines_is_named_by_the_first():
    assert suite().findall("testcase")[3].get("name") == "2.2 web: first line"


def test_a_failure_has_a_short_message_and_the_difference():
    failure = suite().findall("testcase")[2].find("failure")
    assert failure.get("message") == DIFFERENCE.split("\n")[0]
    assert failure.text == DIFFERENCE


def test_what_did_not_run_says_why():
    def why(*steps):
        return [each.find("skipped").get("message") for each in suite(*steps) if each.find("skipped") is not None]

    assert why() == ["it *ends* the node", "not run: docs/2-b.md:9 failed"]
    assert why({**NOT_RUN, "problem": ""}) == ["not run: the run was interrupted"]


def test_every_case_has_one_name():
    both = [step(node=node, label=f"1.{number}") for number in (1, 2) for node in ("web", "db")]
    names = [(each.get("classname"), each.get("name")) for each in suite(*both).findall("testcase")]
    assert len(set(names)) == len(both)


def test_output_that_xml_cannot_hold_does_not_break_it():
    bad = step(output="a\x00b\ufffe <&]]>\n", command='echo "\ud800"', problem="")
    case = suite(bad).find("testcase")
    assert case.find("system-out").text == "a\ufffdb\ufffd <&]]>\n"
    assert case.get("name") == '1.1 web: echo "\ufffd"'
