"""What the documentation's pages say of the engine, taken from its code and its results."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guide import hooks
from guide.inventory import MACHINE_FIELDS
from guide.project import SETTINGS
from guide.step import OTHER_ATTRIBUTES, OUTPUT_ATTRIBUTES, STEP_ATTRIBUTES

HOOKS = {name: function.__doc__ for name, function in vars(hooks).items() if name.startswith("pytest_guide_")}
TABLES: dict[str, Mapping[str, str | None]] = {
    "step": STEP_ATTRIBUTES,
    "output": OUTPUT_ATTRIBUTES,
    "other": OTHER_ATTRIBUTES,
    "settings": SETTINGS,
    "machine": MACHINE_FIELDS,
    "hooks": HOOKS,
}
NOT_MEASURED = "not measured in this build"


def table(name: str) -> str:
    """Give a table of what the code knows under a name of TABLES, in Markdown."""
    rows = [f"| `{key}` | {' '.join((words or '').split())} |" for key, words in TABLES[name].items()]
    return "\n".join(["| name | meaning |", "|---|---|", *rows])


def mutation(build: Path) -> str:
    """Give the guide's last mutation score in words, from the results in the folder `build`."""
    try:
        seen: dict[str, Any] = json.loads((build / "mutation.json").read_text())
        score, mutants, noticed = float(seen["score"]), int(seen["mutants"]), int(seen["noticed"])
        day = str(seen["started"])[:10]
    except FileNotFoundError:
        return NOT_MEASURED
    except (OSError, ValueError, TypeError, KeyError) as error:
        return f"{NOT_MEASURED}: mutation.json is damaged ({error!r})"
    return f"{score:.1%}: {noticed} of {mutants} changes were noticed, on {day}"
