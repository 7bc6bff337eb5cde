"""What is kept of machines, and with it of our notes."""

import pytest

from guide.errors import LabError
from guide.lab.snapshots import Snapshots


class Calls:
    """Takes the place of Vagrant."""

    def __init__(self):
        self.made = []
        self.refuses = ""

    def __call__(self, *words):
        if self.refuses in words:
            raise LabError("no")
        self.made.append(" ".join(words))
        return ""


@pytest.fixture
def calls():
    return Calls()


@pytest.fixture
def snapshots(tmp_path, calls):
    (tmp_path / "lab.json").write_text("first user")
    (tmp_path / "progress.jsonl").write_text("three steps")
    return Snapshots(tmp_path, ("first", "second"), calls)


def test_machines_come_back_with_the_notes_of_then_and_the_record_of_now(snapshots, calls, tmp_path):
    snapshots.save("chapter-3")
    (tmp_path / "lab.json").write_text("second user")
    (tmp_path / "progress.jsonl").write_text("four steps")
    (tmp_path / "host-shell").write_text("of step four")
    assert list(snapshots.kept()) == ["chapter-3"]
    snapshots.restore("chapter-3")
    assert calls.made == [
        "snapshot save --force second chapter-3",
        "snapshot save --force first chapter-3",
        "snapshot restore --no-provision first chapter-3",
        "snapshot restore --no-provision second chapter-3",
    ]
    assert (tmp_path / "progress.jsonl").read_text() == "three steps"
    assert (tmp_path / "lab.json").read_text() == "second user"
    assert not (tmp_path / "host-shell").exists()


def test_a_snapshot_of_half_the_machines_does_not_count(snapshots, calls):
    snapshots.save("chapter-3")
    calls.refuses = "first"
    with pytest.raises(LabError):
        snapshots.save("chapter-3")
    assert snapshots.kept() == {}


def test_nothing_is_kept_at_first(snapshots):
    assert snapshots.kept() == {}
