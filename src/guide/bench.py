"""How long things take: what is timed, and the site as MkDocs alone would build it."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import yaml
from mkdocs.utils.yaml import yaml_load

from guide.errors import GuideError
from guide.page import Page

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Timed:
    """Something that was timed.

    Attributes:
        name: what.
        seconds: of each time.
        base: what it is compared with, or None.
        most: how many times as long as that it may take.
    """

    name: str
    seconds: Sequence[float]
    base: "Timed | None" = None
    most: float | None = None

    @property
    def typical(self) -> float:
        """The median of its seconds."""
        return median(self.seconds)

    @property
    def ratio(self) -> float | None:
        """How many times as long as what it is compared with."""
        return self.typical / self.base.typical if self.base else None

    def describe(self) -> dict[str, Any]:
        """Give it as scripts read it."""
        seen: dict[str, Any] = {"name": self.name, "seconds": [round(each, 3) for each in self.seconds]}
        if self.base and self.ratio:
            seen |= {"compared with": self.base.name, "ratio": round(self.ratio, 3), "at most": self.most}
        return seen


def time_command(words: Sequence[str], root: Path, env: Mapping[str, str]) -> float:
    """Give the seconds that a module of Python takes. Raises GuideError if it fails."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise GuideError(f"{' '.join(words)} ended with status {done.returncode}, so its time says nothing.\n{said}")
    return time.monotonic() - begun


def plain_copy(root: Path, pages: Sequence[Page], folder: Path) -> None:
    """Make in `folder` the same site for MkDocs alone: pages expanded already, without hooks and macros of ours."""
    with (root / "mkdocs.yml").open() as file:
        config = yaml_load(file)
    docs, theme = config.get("docs_dir", "docs"), config.get("theme")
    shutil.copytree(root / docs, folder / docs)
    for page in pages:
        head = FRONT_MATTER.match((root / page.path).read_text())
        (folder / page.path).write_text((head[0] if head else "") + page.text)
    for part in {theme.get("custom_dir") if isinstance(theme, dict) else None, "snippets"} - {None}:
        if (root / str(part)).is_dir():
            shutil.copytree(root / str(part), folder / str(part))
    ours = ("hooks", "watch", "extra")
    left = {name: value for name, value in config.items() if name not in ours}
    left["plugins"] = [each for each in config.get("plugins", []) if "macros" not in each]
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(left, sort_keys=False))
