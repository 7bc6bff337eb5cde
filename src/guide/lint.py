"""Shell that shellcheck finds fault with, in steps and in scripts, by page and line."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from guide.errors import LabError
from guide.page import Location
from guide.plan import Planned

# What is no fault here, and why.
ACCEPTED = {
    1090: "a sourced file that is made on the way cannot be followed",
    1091: "a sourced script is checked by itself",
    2034: "a variable may be used by a later step",
    2164: "a step in which a command fails ends the run, cd too",
    2154: "a variable may come from an earlier step",
}


def lint_steps(plan: Sequence[Planned]) -> list[str]:
    """Give what shellcheck says of steps, a line for each finding, behind page and line."""
    commands = {planned.step.where: planned.step.command for planned in plan}
    with TemporaryDirectory() as folder:
        files = {}
        for number, (where, command) in enumerate(commands.items()):
            path = Path(folder, f"{number}.sh")
            path.write_text(f"{command}\n")
            files[str(path)] = where
        return [f"{below(files[path], line)}: {words}" for path, line, words in findings(list(files))]


def lint_scripts(root: Path, paths: Sequence[Path]) -> list[str]:
    """Give what shellcheck says of files, a line for each finding, behind path and line."""
    found = findings([str(path) for path in paths])
    return [f"{Path(path).relative_to(root)}:{line}: {words}" for path, line, words in found]


def findings(paths: Sequence[str]) -> list[tuple[str, int, str]]:
    """Give path, line and words of each finding in bash files. Raises LabError without shellcheck."""
    if not paths:
        return []
    options = ["--shell=bash", "--format=json1", f"--exclude={','.join(map(str, ACCEPTED))}"]
    try:
        done = subprocess.run(["shellcheck", *options, *paths], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise LabError("shellcheck is missing: install the package shellcheck.") from error
    comments = sorted(json.loads(done.stdout)["comments"], key=lambda each: (paths.index(each["file"]), each["line"]))
    return [(each["file"], each["line"], f"{each['message']} (SC{each['code']})") for each in comments]


def below(where: Location, line: int) -> Location:
    """Give the place of a line (from 1) of the block that opens at `where`."""
    if not where.snippet:
        return Location(where.page, where.line + line)
    snippet, _, number = where.snippet.rpartition(":")
    return Location(where.page, where.line, f"{snippet}:{int(number) + line}")
