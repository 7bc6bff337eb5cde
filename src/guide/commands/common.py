"""What several commands share: options, the guide that they are about, and what they ask of this machine."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.prompt import Confirm

from guide.errors import InputError, LabError
from guide.inventory import read_inventory
from guide.lab.facts import CHOICE, SOURCE, Source

Command = Callable[..., Any]

ROOT = Path(os.environ.get("GUIDE_ROOT", ".")).absolute()

DEFAULT_PROVIDER = "embedded"
PROVIDER = "guide.provider"  # its place in what click keeps for a command
ABOUT_NODES = re.compile(r"(\./guide (?:up|down|status|shell|verify|goto|play|accept|check|doctor)\b)(?! --provider)")

yes_option = click.option("--yes", is_flag=True, help="Install missing packages without asking.")


def lane_options(command: Command) -> Command:
    """Add the options that choose a lane."""
    return provider_option(version_options(command))


def version_options(command: Command) -> Command:
    """Add the options that choose what runs on nodes."""
    runtime = click.option(
        "--runtime", type=click.Choice(["containerd", "docker"]), default="containerd", show_default=True
    )
    kubernetes = click.option(
        "--kubernetes",
        metavar="VERSION",
        expose_value=False,
        callback=lambda _context, _option, version: choose_kubernetes(version),
        help="Another version than that of config/versions.yaml.",
    )
    return runtime(kubernetes(command))


def versions_options(command: Command) -> Command:
    """Add the options that choose what runs on nodes, each as often as there are lanes to run."""
    runtime = click.option(
        "--runtime",
        "runtimes",
        type=click.Choice(["containerd", "docker"]),
        default=["containerd"],
        show_default=True,
        multiple=True,
        help="May be given several times: all combinations are run.",
    )
    kubernetes = click.option(
        "--kubernetes",
        metavar="VERSION",
        multiple=True,
        help="Another version than that of config/versions.yaml. May be given several times.",
    )
    return runtime(kubernetes(command))


def choose_kubernetes(version: str | None) -> None:
    """Let all that is read from now on be of a version of Kubernetes."""
    if version is not None:
        os.environ[CHOICE] = version


def provider_option(command: Command) -> Command:
    """Add the option that chooses who makes the nodes."""
    option = click.option(
        "--provider",
        type=click.Choice([DEFAULT_PROVIDER, "vagrant", "ssh"]),
        default=DEFAULT_PROVIDER,
        show_default=True,
        callback=remember_provider,
    )
    return option(command)


def remember_provider(context: click.Context, _option: click.Parameter, provider: str) -> str:
    """Note which provider was chosen, for what is said to people."""
    context.meta[PROVIDER] = provider
    return provider


def addressed(words: str) -> str:
    """Give words in which every command about nodes has the option that chose these, unless they are the default."""
    provider = click.get_current_context().meta.get(PROVIDER, DEFAULT_PROVIDER)
    return words if provider == DEFAULT_PROVIDER else ABOUT_NODES.sub(rf"\1 --provider {provider}", words)


def place_options(command: Command) -> Command:
    """Add the options that say which nodes are meant."""
    inventory = click.option(
        "--inventory",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The machines of --provider ssh; inventory.yaml if not given.",
    )
    return provider_option(inventory(command))


def node_options(command: Command, versions: Callable[[Command], Command] = version_options) -> Command:
    """Add the options that choose a lane, which nodes are meant, and what they are made of."""
    shim = click.option(
        "--cri-dockerd",
        "shim",
        type=click.Path(path_type=Path),
        envvar="GUIDE_CRI_DOCKERD",
        metavar="PATH",
        help="The binary that --runtime docker needs; its official release is downloaded if not given.",
    )
    return place_options(versions(shim(source_option(yes_option(command)))))


def source_option(command: Command) -> Command:
    """Add the option that chooses where components and images come from."""
    option = click.option(
        "--source",
        type=click.Choice([each.value for each in Source]),
        default=Source.MODULES.value,
        envvar=SOURCE,
        show_default=True,
        expose_value=False,
        callback=choose_source,
        help="What nodes are made of: Go modules, built here; publishers' releases; or these where they can be had.",
    )
    return option(command)


def choose_source(_context: click.Context, _option: click.Parameter, source: str) -> None:
    """Let components and images come from a source from now on."""
    os.environ[SOURCE] = source


def chapter_options(command: Command) -> Command:
    """Add the options that choose chapters."""
    last = click.option("--to", "last", type=int, metavar="N", help="Last chapter.")
    first = click.option("--from", "first", type=int, metavar="N", help="First chapter.")
    return first(last(command))


def the_runtime(project: Any, name: str, shim: Path | None) -> Any:
    """Give the runtime that was chosen. Raises InputError or LabError if there is none."""
    from guide.lab.cache import Cache, cache_root
    from guide.lab.runtime import choose

    # One that the environment names is for those lanes that need it.
    named = click.get_current_context().get_parameter_source("shim") is not ParameterSource.ENVIRONMENT
    config = project.root / project.settings.config
    return choose(name, shim if named or name == "docker" else None, project.versions, Cache(cache_root()), config)


def the_lab(
    provider: str = "embedded",
    inventory: Path | None = None,
    *,
    runtime: Any = None,
    yes: bool = False,
    label: str = "",
) -> tuple[Any, Any]:
    """Give the lab of a provider, and the project; `label` tells embedded ones of the same folder from each other.

    Raises InputError for an inventory that is wrong or not wanted.
    """
    from guide.lab.cache import Cache, cache_root
    from guide.lab.embedded import Embedded
    from guide.lab.remote import Remote
    from guide.lab.runtime import CONTAINERD
    from guide.lab.vagrant import Vagrant
    from guide.project import open_project

    project = open_project(ROOT)
    cache = Cache(cache_root())
    if provider != "ssh" and inventory is not None:
        raise InputError(f"--inventory belongs to --provider ssh; this is {provider}.")
    if provider == "vagrant":
        return Vagrant(project.root, project.nodes, cache, runtime or CONTAINERD), project
    if provider == "embedded":
        return Embedded(project.root, project.nodes, cache, runtime or CONTAINERD, label), project
    targets = read_inventory(inventory or ROOT / "inventory.yaml", tuple(project.nodes.addresses))
    lab = Remote(project.root, project.nodes, cache, provider, targets, consent(yes), runtime or CONTAINERD)
    return lab, project


def consent(yes: bool) -> Callable[[str], bool]:
    """Give what says what will be done to machines that are not ours, and asks unless `yes`."""

    def ask(words: str) -> bool:
        click.echo(words)
        return yes or (sys.stdin.isatty() and Confirm.ask("Go on?", default=False))

    return ask


def shell_like(lab: Any, node: str) -> list[str]:
    """Give the command that opens a terminal on a node, which knows what the shell of a run there knew last."""
    from guide.progress import look, state_file

    command: list[str] = lab.shell(node, look(state_file(lab.folder, node)))
    return command


def require(versions: Any, provider: str, yes: bool) -> None:
    """Make sure that this machine can do what a provider's nodes of these versions need of it."""
    from guide.lab.machine import require_lab

    require_lab(versions, provider, install=asker(yes))


def require_root(provider: str) -> None:
    """Raise LabError unless we are root, where nodes are this machine's."""
    if provider == "embedded" and os.geteuid() != 0:
        raise LabError("Nodes are made and reached as root: run it again with sudo.")


def asker(yes: bool) -> Callable[[list[str]], bool]:
    """Give what says which packages will be installed, and asks unless `yes`."""

    def ask(packages: list[str]) -> bool:
        names = " ".join(packages)
        if yes:
            click.echo(f"Installing {names}")
            return True
        return sys.stdin.isatty() and Confirm.ask(f"This machine lacks {names}. Install by apt-get?", default=True)

    return ask
