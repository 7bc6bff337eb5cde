"""What is said of nodes that are not as they were left."""

import os
from dataclasses import dataclass

import pytest

from guide.lab.examination import BOOTED, QUESTIONS, examine_lab
from guide.lab.record import Record
from tests.fake import done

ANSWERS = "failed=\nnow=0\nfree=99999999999\nunits=etcd kubelet\n"


@dataclass
class Lab:
    """A lab of one node that was made at the time 1000."""

    booted: int = 900
    running: bool = True
    answers: str = ANSWERS

    def record(self):
        return Record("kfs", "/tree", 1000.0, None, {"web": "10.20.0.10"})

    def runs(self, _name):
        return self.running

    def node(self, _name):
        return self

    def run(self, command, _seconds):
        return done({BOOTED: f"{self.booted}\n", QUESTIONS: self.answers}[command])

    def close(self):
        pass


@pytest.fixture
def wrong(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("time.time", lambda: 0.0)
    return lambda lab: {
        each.what: each.remedy for each in examine_lab(lab, lambda _: ["etcd", "kubelet"]) if not each.good
    }


def test_a_node_as_it_was_left_has_nothing_wrong(wrong):
    assert wrong(Lab()) == {}


def test_a_reboot_is_told_with_what_is_gone_and_how_to_come_back(wrong):
    [(what, remedy)] = wrong(Lab(booted=1500)).items()
    assert what == "web has run since it was made"
    assert remedy == (
        "web has rebooted since, and what was started on it is gone (etcd, kubelet): "
        "source the scripts again in the order of the chapters, or ./guide goto N."
    )


def test_a_node_that_does_not_run_is_told_with_what_to_do(wrong):
    [(what, remedy)] = wrong(Lab(running=False)).items()
    assert (what, remedy) == (
        "web runs",
        "It is not there any more: remove the rest by ./guide down, then ./guide up.",
    )


def test_a_full_disk_is_told(wrong):
    [(what, remedy)] = wrong(Lab(answers=ANSWERS.replace("99999999999", "1000"))).items()
    assert what == "web: disk: 0.0 GiB free, 1 needed"
    assert "sends pods away when a disk is full" in remedy
