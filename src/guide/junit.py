"""Evidence as JUnit XML, for what shows test results: GitHub's actions, GitLab, Jenkins."""

import re
from typing import Any
from xml.etree import ElementTree

from guide.evidence import counted, facts

# What XML 1.0 cannot hold in any form.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(evidence: dict[str, Any]) -> str:
    """Give evidence, as it is written, as a suite named after its lane with a case for each step."""
    lane = "-".join(evidence["lane"].values())
    steps = evidence["steps"]
    count = counted(steps)
    totals = {
        "tests": str(len(steps)),
        "failures": str(count.get("failed", 0)),
        "errors": "0",
        "skipped": str(count.get("skipped", 0) + count.get("not-run", 0)),
        "time": f"{sum(step['seconds'] for step in steps):.3f}",
    }
    root = ElementTree.Element("testsuites", {"name": lane, **totals})
    suite = ElementTree.SubElement(root, "testsuite", {"name": lane, **totals, "timestamp": evidence["started"]})
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in facts(evidence):
        ElementTree.SubElement(properties, "property", {"name": name, "value": clean(value)})
    for step in steps:
        add_case(suite, step)
    ElementTree.indent(root, space=" ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def add_case(suite: ElementTree.Element, step: dict[str, Any]) -> None:
    """Add a step. One that failed has its headline as message and all of its problem below."""
    first = step["command"].split("\n")[0]
    case = ElementTree.SubElement(
        suite,
        "testcase",
        {
            "classname": step["page"],
            "name": clean(f"{step['label']} {step['node']}: {first}"),
            "file": step["page"],
            "line": str(step["line"]),
            "time": f"{step['seconds']:.3f}",
        },
    )
    headline = step["problem"].partition("\n")[0]
    if step["status"] == "failed":
        failure = ElementTree.SubElement(case, "failure", {"type": "StepFailed", "message": clean(headline)})
        failure.text = clean(step["problem"])
    elif step["status"] == "skipped":
        ElementTree.SubElement(case, "skipped", {"message": clean(headline)})
    elif step["status"] == "not-run":
        ElementTree.SubElement(
            case, "skipped", {"message": clean(f"not run: {headline or 'the run was interrupted'}")}
        )
    if step["output"]:
        ElementTree.SubElement(case, "system-out").text = clean(step["output"])


def clean(text: str) -> str:
    """Give a text without characters that XML cannot hold."""
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
