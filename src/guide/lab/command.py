"""Running programs of this machine for the lab, with errors in words."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from guide.errors import LabError

LAST_LINES = 15


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | None = None,
) -> str:
    """Run a program to its end and give its standard output.

    Raises LabError with `what` it was for and its last words if it cannot be started or does not exit 0.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env={**os.environ, **(env or {})},
            cwd=cwd,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise LabError(f"{what}: {command[0]} cannot be run: {error.strerror}") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-LAST_LINES:]
        words = "\n".join(f"  {line}" for line in said)
        raise LabError(f"{what}: {command[0]} ended with status {done.returncode}\n{words}".rstrip())
    return done.stdout
