"""A guide on disk: its pages, its nodes, and the few settings that it has."""

import re
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from guide.checkup import refuse_lost
from guide.errors import InputError
from guide.files import Mentions, unused
from guide.lab.facts import Nodes, Versions, read_nodes, read_versions
from guide.lab.runtime import SHIM
from guide.lint import lint_scripts, lint_steps
from guide.node import HOST
from guide.page import Page, load_site, read_pages
from guide.plan import Lane, Planned, make_plan
from guide.progress import Place

# Every setting under extra.guide, and what it is for. The documentation's table is made from this.
SETTINGS = {
    "config": "The folder with nodes.yaml and versions.yaml; config if not given.",
    "inputs": "Folders whose files decide what is run; their digests go into the evidence.",
    "fluid": "Networks whose addresses differ from run to run; in an output, one such address stands for another.",
    "used": "Folders in which every file must be named by a step or shown on a page.",
    "others": "Files and folders there that are neither, each with the reason.",
    "diagnostics": "Commands by name, run on every node after a failure.",
    "hopeless": "Commands by name of what they look for: one that prints something ends a wait.",
    "secrets": "Files on nodes, as a shell's patterns, whose contents nobody may see: masked in all that is written.",
}

SECRET_PATH = re.compile(r"/[\w./*?@+-]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a guide says of itself in mkdocs.yml, under extra.guide.

    Attributes:
        config: the folder with nodes.yaml and versions.yaml.
        inputs: folders whose files decide what is run, `config` among them; the evidence has their digests.
        fluid: networks whose addresses differ from run to run.
        diagnostics: commands by name, run on every node after a failure.
        used: folders in which every file must be named by a step or shown on a page.
        others: files and folders there that are neither, and why.
        hopeless: commands by name of what they look for: while a check does not hold, what they print on its node is
            what no waiting heals.
        secrets: files on nodes whose contents nobody may see, as a shell's patterns.
    """

    config: str
    inputs: tuple[str, ...]
    fluid: tuple[IPv4Network, ...]
    used: tuple[str, ...]
    others: dict[str, str]
    diagnostics: dict[str, str]
    hopeless: dict[str, str]
    secrets: tuple[str, ...]


@dataclass(frozen=True)  # without slots, which leave no place for pages that were read once
class Project:
    """A guide."""

    root: Path
    docs: str
    settings: Settings
    nodes: Nodes
    versions: Versions

    @property
    def names(self) -> tuple[str, ...]:
        """The names that a step's title may have."""
        return (*self.nodes.addresses, HOST)

    @property
    def build(self) -> Path:
        """Where results go."""
        return self.root / "build"

    @property
    def report(self) -> Path:
        """Where the reports of a run go, if it is not one of several."""
        return self.build / "report"

    def lane(self, provider: str, runtime: str) -> Lane:
        """Give a lane of the version that config/ has."""
        return Lane(provider, runtime, self.versions.components.get("kubernetes", "none"))

    def made_of(self, lane: Lane) -> dict[str, str]:
        """Give the versions of what a lane's nodes are made of, by name."""
        there = self.versions.components
        return {name: version for name, version in there.items() if name != SHIM or lane.runtime == "docker"}

    def plan(self, lane: Lane) -> list[Planned]:
        """Give the lane's steps. Raises InputError for what is wrong on any page."""
        return make_plan(self.pages, self.names, self.root, lane)

    def place(self, folder: Path, lane: Lane) -> Place:
        """Give where it is noted, in a folder, how far a lane has come."""
        mentions = Mentions(self.root, self.settings.inputs)
        return Place(folder, self.root, lane, self.settings.config, mentions)

    @cached_property
    def pages(self) -> list[Page]:
        """All pages, expanded, in the order of the navigation. Raises InputError."""
        return read_pages(self.root)

    def refuse_faults(self) -> None:
        """Raise InputError for files that nobody uses, and for shell that shellcheck finds fault with."""
        plan = make_plan(self.pages, self.names, self.root, None)
        settings = self.settings
        idle = unused(self.root, settings.used, settings.others, plan, self.pages)
        faults = [f"{path}: no step names it and no page shows it" for path in idle]
        scripts = [path for folder in settings.used for path in sorted((self.root / folder).glob("**/*.sh"))]
        refuse_lost(plan)
        faults += lint_steps(plan) + lint_scripts(self.root, scripts)
        if faults:
            raise InputError("\n".join(faults))


def open_project(root: Path) -> Project:
    """Read a guide's settings. Raises InputError."""
    root = root.absolute()
    site = load_site(root)
    settings = read_settings(site.extra.get("guide"), root / "mkdocs.yml")
    config = root / settings.config
    docs = str(Path(site.docs_dir).relative_to(root))
    return Project(root, docs, settings, read_nodes(config), read_versions(config))


def read_settings(raw: Any, path: Path) -> Settings:
    """Give the settings under extra.guide. Raises InputError for one that is unknown or wrong."""
    if not isinstance(raw, dict):
        raise InputError(f"{path}: extra.guide is missing: give the settings there, such as inputs: [docs, config]")
    unknown = sorted(raw.keys() - SETTINGS.keys())
    if unknown:
        raise InputError(
            f"{path}: extra.guide has an unknown setting {unknown[0]}; known are {', '.join(sorted(SETTINGS))}"
        )
    try:
        fluid = tuple(IPv4Network(network) for network in raw.get("fluid", ()))
        named = {
            setting: {str(name): str(value) for name, value in raw.get(setting, {}).items()}
            for setting in ("others", "diagnostics", "hopeless")
        }
        config = str(raw.get("config", "config"))
        inputs = tuple(dict.fromkeys((*raw.get("inputs", ()), config)))
        secrets = tuple(secret_path(value) for value in raw.get("secrets", ()))
        return Settings(config, inputs, fluid, tuple(raw.get("used", ())), secrets=secrets, **named)
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: extra.guide: {error}") from error


def secret_path(value: Any) -> str:
    """Give a path of secrets. Raises ValueError for one that a shell could take for something else."""
    if not isinstance(value, str) or not SECRET_PATH.fullmatch(value):
        raise ValueError(f"secrets: {value!r} is no path such as /etc/kubernetes/token or /etc/ssh/*_key")
    return value
