"""A lab for one run: made before it, removed after it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guide.lab.cache import Cache, cache_root
from guide.lab.embedded import Embedded
from guide.lab.facts import Nodes, Versions
from guide.lab.parts import Progress, make_parts
from guide.lab.runtime import CONTAINERD, Runtime


@contextmanager
def provided(
    tree: Path,
    nodes: Nodes,
    versions: Versions,
    progress: Progress,
    runtime: Runtime = CONTAINERD,
    *,
    keep: bool = False,
) -> Iterator[Embedded]:
    """Give a lab of clean nodes for the project in `tree`, and remove it in the end unless `keep`."""
    cache = Cache(cache_root())
    parts = make_parts(cache, tree, versions, progress, runtime)
    lab = Embedded(tree, nodes, cache, runtime)
    lab.up(parts, os.getpid())
    try:
        yield lab
    finally:
        if keep:
            lab.keep()
        else:
            lab.down()


@contextmanager
def continued(lab: Embedded) -> Iterator[Embedded]:
    """Give a lab that was left up, to this process alone while it lasts. Raises LabError if there is none."""
    lab.take(os.getpid())
    try:
        yield lab
    finally:
        lab.keep()
