"""The nodes and versions that stand in config/, as values."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import yaml

from guide.errors import InputError

CHOICE = "GUIDE_KUBERNETES"  # in the environment: a version other than that of versions.yaml
SOURCE = "GUIDE_SOURCE"  # in the environment: where components come from


class Source(StrEnum):
    """Where components and images come from: builds, the publishers' releases, or these as far as they can be had."""

    MODULES = "modules"
    RELEASES = "releases"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Nodes:
    """Who is on the lab's network: node names with addresses, and the reader's own machine."""

    host: IPv4Address
    network: IPv4Network
    addresses: dict[str, IPv4Address]


@dataclass(frozen=True, slots=True)
class Versions:
    """What the lab is made of.

    Attributes:
        components: versions by name.
        images: references of container images by name.
        go: the toolchain that components are built with, or "" where none is built.
        debian: the release that nodes run.
        source: where components and images come from.
    """

    components: dict[str, str]
    images: dict[str, str]
    go: str
    debian: str
    source: Source = Source.MODULES


def read_yaml(path: Path) -> dict[str, Any]:
    """Give the mapping in a YAML file. Raises InputError when there is none."""
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read as configuration: {error}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: should be a mapping of names to values")
    return content


def read_nodes(config: Path) -> Nodes:
    """Read nodes.yaml in the folder `config`."""
    path = config / "nodes.yaml"
    content = read_yaml(path)
    try:
        network = IPv4Network(content["network"])
        addresses = {name: IPv4Address(address) for name, address in content["nodes"].items()}
        nodes = Nodes(IPv4Address(content["host"]), network, addresses)
    except (KeyError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: host, network and nodes are needed, with IPv4 addresses ({error})") from error
    outside = [name for name, address in nodes.addresses.items() if address not in network]
    if outside:
        raise InputError(f"{path}: {outside[0]} has an address outside of {network}")
    return nodes


@contextmanager
def chosen(kubernetes: str) -> Iterator[None]:
    """Let all that is read meanwhile be of a version of Kubernetes."""
    before = os.environ.get(CHOICE)
    os.environ[CHOICE] = kubernetes
    try:
        yield
    finally:
        os.environ.pop(CHOICE)
        if before is not None:
            os.environ[CHOICE] = before


def versions_in(config: Path) -> dict[str, Any]:
    """Give what versions.yaml in the folder `config` says, with the Kubernetes that was chosen instead, if one was.

    The choice comes by the environment, as pages are expanded by MkDocs and steps are run by pytest: both must read
    the same. Raises InputError for a version that the project has no locked modules of.
    """
    content = read_yaml(config / "versions.yaml")
    asked = os.environ.get(CHOICE)
    if asked and asked != str(content.get("kubernetes", "none")):
        there = sorted(path.name.partition("-")[2] for path in (config / "modules").glob("kubernetes-*"))
        if asked not in there:
            raise InputError(f"There is no Kubernetes {asked} in {config / 'modules'}; there are {', '.join(there)}.")
        content["kubernetes"] = asked
    return content


def read_versions(config: Path) -> Versions:
    """Read versions.yaml in the folder `config`, with the Kubernetes and the source that were chosen."""
    path = config / "versions.yaml"
    content = versions_in(config)
    try:
        images = {name: str(value) for name, value in content.pop("images", {}).items()}
        go, debian = str(content.pop("go", "")), str(content.pop("debian"))
    except KeyError as error:
        raise InputError(f"{path}: debian is missing: name the release that nodes run, such as trixie") from error
    except AttributeError as error:
        raise InputError(f"{path}: images should be a mapping of names to references") from error
    return Versions({name: str(value) for name, value in content.items()}, images, go, debian, source())


def source() -> Source:
    """Give where components come from, as it was chosen. Raises InputError for what is no source."""
    chosen = os.environ.get(SOURCE, Source.MODULES)
    try:
        return Source(chosen)
    except ValueError as error:
        raise InputError(f"{SOURCE} is {chosen}; it can be {', '.join(Source)}.") from error
