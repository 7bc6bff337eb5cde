"""Whether the process that uses a lab is still there."""

import os
import subprocess
import sys

from guide.lab import record
from guide.lab.record import Record


def used_by(process):
    return Record("lab", "/tree", 0.0, process, {})


def test_a_lab_is_abandoned_when_its_process_is_gone():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert used_by(gone.pid).abandoned
    assert not used_by(os.getpid()).abandoned
    assert not used_by(None).abandoned


def test_so_it_is_where_no_folder_has_the_processes(monkeypatch, tmp_path):
    monkeypatch.setattr(record, "PROCESSES", tmp_path / "proc")
    test_a_lab_is_abandoned_when_its_process_is_gone()
