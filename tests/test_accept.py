"""What becomes of an expected output when something else was seen."""

import re
from ipaddress import IPv4Network

import pytest

from guide.accept import accepted
from guide.expect import matches
from guide.page import Location
from guide.source import Line
from guide.step import Output

FLUID = (IPv4Network("172.17.0.0/16"),)
TAG = re.compile(r"\[=.*?=\]")
VALUES = {"[= node =]": "10.10.0.10", "[= two =]": "two words", "[= none =]": ""}
WHERE = Location("docs/1-page.md", 3)


def shown(text):
    return TAG.sub(lambda match: VALUES[match[0]], text)


def accept(source, seen, *, pattern=False):
    """Give output and text after `seen` was accepted into `source`."""
    output = Output(WHERE, shown(source), pattern)
    lines = [Line(line, shown(line)) for line in source.split("\n")] if source else []
    result = accepted(output, seen, FLUID, lines, TAG)
    assert [shown(line.source) for line in result] == [line.shown for line in result]
    return "\n".join(line.source for line in result)


CASES = {
    "an empty output is filled in": ("", "a\n\nb\n", "a\n\nb"),
    "an output that became empty": ("a\nb", "", ""),
    "one line becomes another": ("started", "stopped\n", "stopped"),
    "lines that hold stay as they are written": (
        "NAME   AGE\nnginx-...  3s\nold",
        "NAME    AGE\nnginx-x   9s\nnew\n",
        "NAME   AGE\nnginx-...  3s\nnew",
    ),
    "a line that came is put in, with what it had": ("a\nc", "a\nb\nc\n", "a\nb\nc"),
    "a line that is gone is taken out": ("a\nb\nc", "a\nc\n", "a\nc"),
    "an elision of lines stays": ("a\n...\nz", "a\nb\nc\ny\n", "a\n...\ny"),
    "an elision of lines takes up new ones": ("...\nz\nend", "b\nc\nz\nfin\n", "...\nz\nfin"),
    "an elision stays where it stands for nothing": ("...\na", "b", "...\nb"),
    "two elisions do not come to touch": ("a\n...\nb\n...\nz", "a\nz", "a\n...\nz"),
    "words that hold stay": ("pod nginx-... is Running", "pod nginx-q is Ready", "pod nginx-... is Ready"),
    "an elision within a line stays": (
        "64 bytes from ... time=... ms",
        "65 bytes from x: time=1 ms",
        "65 bytes from ... time=... ms",
    ),
    "an elision at the end of a word stays for many words": ("a time=... ms", "b time=1 2 3 ms", "b time=... ms"),
    "an elision at the end of a line stays": ("v2 of x 1.7...", "v3 of x 1.7.24 1.7.24-6", "v3 of x 1.7..."),
    "two elisions within a line do not come to touch": ("a ... b ... c", "a c", "a ... c"),
    "a macro stays": ("node [= node =] Ready", "node 10.10.0.10 NotReady", "node [= node =] NotReady"),
    "a macro whose value differs goes": ("node [= node =] up", "node 10.10.0.11 up", "node 10.10.0.11 up"),
    "a macro within a word stays": (
        "at http://[= node =]:80 now",
        "at http://10.10.0.10:80 then",
        "at http://[= node =]:80 then",
    ),
    "a macro of two words stays": ("say [= two =] now", "say two words then", "say [= two =] then"),
    "a macro of two words goes as one": ("say [= two =] now", "say two things now", "say two things now"),
    "columns stay where they are": ("x   Running   3s", "x   Failed    9s", "x   Failed    3s"),
    "a column of a macro keeps its place on the page": ("[= node =]   up", "10.10.0.10   down", "[= node =]   down"),
    "a longer word leaves two spaces": ("a  b  c", "a  longer  c", "a  longer  c"),
    "indentation of a line stays": ("a:\n  b: 1", "a:\n  b: 2", "a:\n  b: 2"),
    "addresses of a fluid network stay": ("pod 172.17.0.2 up", "pod 172.17.0.9 down", "pod 172.17.0.2 down"),
    "other addresses do not": ("node 10.10.0.1 up", "node 10.10.0.2 up", "node 10.10.0.2 up"),
    "blank lines around stay": ("\na\n", "b\n", "\nb\n"),
    "blank lines within": ("a\n\nb", "a\nb\n", "a\nb"),
    "trailing space is not taken over": ("x", "TASK    STATUS    \n", "TASK    STATUS"),
    "a tab is": ("x", "a\tb\n", "a\tb"),
    "a line of which no word holds is taken over with its columns": ("w  x  y", "a b   c\n", "a b   c"),
    "a carriage return is not": ("x", "10%\r20%\n", "10% 20%"),
    "the most alike line is the one that is changed": (
        "pod-a 0/1 Pending",
        "node-x Ready\npod-a 1/1 Pending\n",
        "node-x Ready\npod-a 1/1 Pending",
    ),
    "words in another order": ("a b c", "c a b", "c a b"),
    "a line of dots is an elision whatever was seen": ("a", "...\n", "..."),
}

PATTERNS = {
    "expressions that hold stay": (r" +\d+ failed" + "\nx", "      3 failed\ny\n", r" +\d+ failed" + "\ny"),
    "what was seen is escaped": ("x", "net:[4] (a+b) $5.00?\n", r"net:\[4\] \(a\+b\) \$5\.00\?"),
    "varying parts become expressions": (
        "x",
        "pod nginx-fbdf58f55-29zn2  172.17.0.6 3m2s\n",
        r"pod nginx-[\w-]+ +\d+\.\d+\.\d+\.\d+ (?:\d+[dhms])+",
    ),
    "identifiers and times do, too": (
        "x",
        "902db92406cb1998 25879975-fe93-4212-9f72-ba8ec6e8f69f 2026-01-02T03:04:05Z 10.10.0.10",
        r"[0-9a-f]+ [0-9a-f-]{36} \d{4}-\d\d-\d\d[T ][\d:.]+\S* 10\.10\.0\.10",
    ),
    "an elision of lines stays among expressions": ("a\n...\nz", "a\nb\ny", "a\n...\ny"),
    "padding may differ": ("x", "      2 net\n", " +2 net"),
    "expressions in a line stay where they hold": (
        r" +3 net:\[\d+\] \w+\s+x",
        "   2 net:[4026] abc   x",
        r" +2 net:\[\d+\] \w+\s+x",
    ),
    "an expression with a space in it is not torn apart": (r"(a b)+ \w+", "c d word", r"c d \w+"),
    "a group over words goes": (r"x (a \w+)", "y a b", "y a b"),
    "a macro stays in an expression that holds": ("[= node =] .*\nx", "10.10.0.10 up\ny", "[= node =] .*\ny"),
}

ALL = [(case, *CASES[case], False) for case in CASES] + [(case, *PATTERNS[case], True) for case in PATTERNS]
each_case = pytest.mark.parametrize(
    ("case", "source", "seen", "wanted", "pattern"), ALL, ids=[each[0] for each in ALL]
)


@each_case
def test_what_was_seen_is_accepted(case, source, seen, wanted, pattern):  # noqa: ARG001 - it names the test
    assert accept(source, seen, pattern=pattern) == wanted


@each_case
def test_what_was_accepted_matches_and_is_not_changed_again(case, source, seen, wanted, pattern):  # noqa: ARG001
    once = accept(source, seen, pattern=pattern)
    assert matches(Output(WHERE, shown(once), pattern), seen, FLUID)
    assert accept(once, seen, pattern=pattern) == once


@pytest.mark.parametrize(
    "seen", ["a b c", "a\nb", "b\nc a\n\na", "c", "", "... a", "a ... b", "172.17.0.3 5s\nb c\na"]
)
@pytest.mark.parametrize("source", ["a", "a\n...\nb", "...", "... b", "a ... c", "b\na\n...", "172.17.0.2 3s", ""])
@pytest.mark.parametrize("pattern", [False, True])
def test_whatever_was_seen_matches_after_it_was_accepted(source, seen, pattern):
    before = Output(WHERE, source, pattern)
    once = accept(source, seen, pattern=pattern)
    assert matches(Output(WHERE, once, pattern), seen, FLUID)
    assert (once == source) or not matches(before, seen, FLUID)
    assert accept(once, seen, pattern=pattern) == once


@pytest.mark.parametrize(
    ("source", "seen"),
    [("pod nginx-... 3s", "pod nginx-b 9s\n"), ("\n[= node =]\n...", "10.10.0.10\nx"), ("  a  b", "a b")],
)
def test_nothing_is_changed_where_it_matched(source, seen):
    assert accept(source, seen) == source


def test_a_line_whose_macros_cannot_be_told_from_its_words_is_refused():
    with pytest.raises(ValueError, match="node"):
        accepted(Output(WHERE, "other"), "x", FLUID, [Line("node [= node =]", "other")], TAG)
