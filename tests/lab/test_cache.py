import multiprocessing
import os
import subprocess
import time

import pytest

from guide.errors import LabError
from guide.lab.cache import Cache, digest, intact, remove_tree


class Builder:
    """Counts how often it builds, and writes a small program."""

    def __init__(self, text="content"):
        self.text = text
        self.times = 0

    def __call__(self, folder):
        self.times += 1
        (folder / "sub").mkdir()
        (folder / "sub" / "program").write_text(self.text)
        (folder / "link").symlink_to("/nowhere")


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path)


def test_what_is_there_is_not_built_again(cache):
    build = Builder()
    first = cache.get("thing", "abc", build)
    assert cache.get("thing", "abc", build) == first
    assert build.times == 1
    assert (first / "sub" / "program").read_text() == "content"


def test_other_inputs_give_another_entry(cache):
    assert cache.get("thing", "a", Builder("a")) != cache.get("thing", "b", Builder("b"))


def damage_by_appending(file):
    file.write_text(file.read_text() + "x")


def damage_by_truncating(file):
    os.truncate(file, 0)


def damage_by_removing(file):
    file.unlink()


def damage_by_another_content_of_the_same_size(file):
    file.write_text("kontent")


def damage_by_adding(file):
    (file.parent / "intruder").write_text("")


@pytest.mark.parametrize(
    "damage",
    [
        damage_by_appending,
        damage_by_truncating,
        damage_by_removing,
        damage_by_another_content_of_the_same_size,
        damage_by_adding,
    ],
)
def test_a_damaged_entry_is_built_again(cache, damage):
    build = Builder()
    entry = cache.get("thing", "abc", build)
    damage(entry / "sub" / "program")
    assert not intact(entry)
    cache.get("thing", "abc", build)
    assert build.times == 2
    assert intact(entry)


def test_a_damaged_manifest_counts_as_damage(cache):
    build = Builder()
    entry = cache.get("thing", "abc", build)
    (entry / ".manifest.json").write_text("{")
    cache.get("thing", "abc", build)
    assert build.times == 2


def test_a_copy_with_other_times_but_the_same_content_is_good(cache):
    build = Builder()
    entry = cache.get("thing", "abc", build)
    os.utime(entry / "sub" / "program", (1, 1))
    assert cache.get("thing", "abc", build) == entry
    assert build.times == 1


def test_a_build_that_fails_leaves_nothing(cache, tmp_path):
    def fail(folder):
        (folder / "half").write_text("")
        raise LabError("no")

    with pytest.raises(LabError):
        cache.get("thing", "abc", fail)
    assert [path.name for path in tmp_path.iterdir()] == ["locks"]


def test_what_a_killed_build_left_is_removed(cache, tmp_path):
    (tmp_path / ".thing-abc.left").mkdir()
    cache.get("thing", "abc", Builder())
    assert not (tmp_path / ".thing-abc.left").exists()


def slow_build(folder):
    with (folder.parent / "builds").open("a") as log:
        log.write("x")
    time.sleep(0.3)
    (folder / "file").write_text("")


def get_slowly(root):
    Cache(root).get("thing", "abc", slow_build)


def test_two_processes_at_once_build_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=get_slowly, args=(tmp_path,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert (tmp_path / "builds").read_text() == "x"


def test_digests_tell_lists_apart_that_read_the_same():
    assert digest("ab", "c") != digest("a", "bc")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts need root")
def test_nothing_is_removed_while_something_is_mounted_in_it(tmp_path):
    inside = tmp_path / "folder" / "inside"
    inside.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", inside], check=True)
    try:
        (inside / "precious").write_text("")
        with pytest.raises(LabError, match="is mounted"):
            remove_tree(tmp_path / "folder")
        assert (inside / "precious").exists()
    finally:
        subprocess.run(["umount", inside], check=True)
    remove_tree(tmp_path / "folder")
    assert not (tmp_path / "folder").exists()
