from ipaddress import IPv4Network

import pytest

from guide.expect import difference, matches
from guide.page import Location
from guide.step import Output

FLUID = (IPv4Network("172.17.0.0/16"),)


def expected(text, *, pattern=False, unordered=False):
    return Output(Location("docs/1-page.md", 3), text, pattern, unordered)


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ("ok", "ok\n"),
        ("ok", "ok"),
        ("", ""),
        ("a ... b", "a much more b"),
        ("a ... b", "a b"),
        ("ends ...", "ends"),
        ("... begins", "begins"),
        ("time=... ms", "time=0.043 ms"),
        ("to 10.1.... now", "to 10.1.79.43 now"),
        ("SUBNET=172.17....", "SUBNET=172.17.6.1/24"),
        ("a\n...\nz", "a\nz"),
        ("a\n...\nz", "a\nb\nc\nz"),
        ("...\nz", "a\n\nz"),
        ("NAME   AGE\nx      3s", "NAME          AGE\nx             2m10s"),
        ("x 5d3h", "x 12s"),
        ("nginx-6d5f7b8c9-x2zvb Running", "nginx-7c9f8d5b6-bq4tl Running"),
        ("pod 172.17.0.2", "pod 172.17.3.44"),
        ("at 2026-01-02T03:04:05Z", "at 2027-12-31T23:59:59.123+02:00"),
        ("25879975-fe93-4212-9f72-ba8ec6e8f69f", "00000000-0000-4000-8000-0123456789ab"),
        ("id 902db92406cb1998", "id f47e9451336832b7"),
    ],
)
def test_these_match(wanted, seen):
    assert matches(expected(wanted), seen, FLUID)


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ("ok", "not ok"),
        ("ok", ""),
        ("", "something"),
        ("ok", "ok\nmore"),
        ("a ... b", "ab"),
        ("to 10.1....", "to 10.2.79.43"),
        ("a\n...\nz", "a\nb"),
        ("node 10.10.0.10", "node 10.10.0.11"),
        ("pod 172.17.0.2", "pod 10.1.0.1"),
        ("pod 172.17.0.2", "pod 172.18.0.2"),
        ("age 3s", "age never"),
        ("1/1", "0/1"),
        ("v1.37.2", "v1.37.1"),
        ("v1.37.2", "v1x37x2"),
        ("nginx-6d5f7b8c9-x2zvb", "nginx"),
        ("(a|b)*", "a"),
    ],
)
def test_these_do_not_match(wanted, seen):
    assert not matches(expected(wanted), seen, FLUID)


def test_lines_are_regular_expressions_where_asked():
    assert matches(expected(r" +\d net:\[\d+\]", pattern=True), "      2 net:[4026532]\n")
    assert not matches(expected(r"\d+", pattern=True), "12 x")


def test_many_elisions_over_many_lines_take_no_time_to_speak_of():
    wanted = "\n".join(["...", "line ... x ... y ..."] * 30)
    assert not matches(expected(wanted + "\nnever"), "line a x b y c\n" * 2000)


def test_a_difference_shows_what_was_expected_and_what_came():
    shown = difference(expected("NAME AGE\nnginx 3s\n...\ngone"), "NAME   AGE\nnginx  9s\nother\n")
    assert shown == "  NAME   AGE\n  nginx  9s\n- ...\n- gone\n+ other"


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ("a\nb\nc", "c\na\nb"),
        ("a\na", "a\na"),
        ("x ...\nx 1", "x 1\nx 2"),  # the first line must leave `x 1` to the second
        ("a\n...", "z\na\ny"),
        ("NAME   AGE\nweb 3s", "web    9m\nNAME AGE"),
    ],
)
def test_lines_may_come_in_any_order_where_asked(wanted, seen):
    assert matches(expected(wanted, unordered=True), seen)
    if wanted != seen:
        assert not matches(expected(wanted), seen)


@pytest.mark.parametrize(("wanted", "seen"), [("a\na", "a\nb"), ("a", "a\nb"), ("a\nb", "a"), ("a\n...\nb", "a\nc")])
def test_in_any_order_every_line_must_still_be_there_once(wanted, seen):
    assert not matches(expected(wanted, unordered=True), seen)


def test_a_difference_without_order_names_what_is_missing_and_what_is_too_much():
    assert difference(expected("a\nb\nc", unordered=True), "x\nc\na") == "  c\n  a\n- b\n+ x"


def test_regular_expressions_may_come_in_any_order():
    both = expected(r"a\d" + "\n" + r"b\d", pattern=True, unordered=True)
    assert matches(both, "b1\na2")
    assert not matches(both, "b1\nb2")
