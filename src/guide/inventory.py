"""Machines that are there already, reached by SSH: the file that names them."""

from pathlib import Path
from typing import Any

from guide.errors import InputError
from guide.lab.facts import read_yaml
from guide.target import Target

# Everything that a machine of an inventory may say, and what it is for. The documentation's table is made from this.
MACHINE_FIELDS = {
    "address": "The machine's name or IP address; it must be given.",
    "key": "The private key that lets you in, without a passphrase; it must be given.",
    "known_hosts": "The file with the machine's host key; ~/.ssh/known_hosts if not given.",
    "user": "Who logs in; root if not given.",
    "port": "Where its SSH server listens; 22 if not given.",
    "sudo": "true if the user is not root and becomes root by sudo, without a password.",
}


def read_inventory(path: Path, nodes: tuple[str, ...]) -> dict[str, Target]:
    """Give where each of the guide's `nodes` is. Paths in the file are relative to it. Raises InputError."""
    machines = read_yaml(path).get("nodes")
    if not isinstance(machines, dict):
        raise InputError(f"{path}: nodes is missing: name there each of {', '.join(nodes)} with address and key")
    unknown = [str(name) for name in machines if name not in nodes]
    if unknown:
        raise InputError(f"{path}: the guide has no node {unknown[0]}; it has {', '.join(nodes)}")
    missing = [name for name in nodes if name not in machines]
    if missing:
        raise InputError(f"{path}: the node {missing[0]} is missing: say where it is")
    targets = {name: read_target(path, name, machines[name]) for name in nodes}
    seen: dict[tuple[str, int], str] = {}
    for name, target in targets.items():
        other = seen.setdefault((target.address, target.port), name)
        if other != name:
            raise InputError(f"{path}: {other} and {name} are one machine, {target.address}: each needs its own")
    return targets


def read_target(path: Path, name: str, raw: Any) -> Target:
    """Give where one machine is. Raises InputError for a field that is unknown, missing or wrong."""
    if not isinstance(raw, dict):
        raise InputError(f"{path}: {name} should have address and key")
    unknown = [str(field) for field in raw if field not in MACHINE_FIELDS]
    if unknown:
        raise InputError(f"{path}: {name} has an unknown field {unknown[0]}; known are {', '.join(MACHINE_FIELDS)}")
    for field in ("address", "key"):
        if not raw.get(field):
            raise InputError(f"{path}: {name} has no {field}")
    port, sudo = raw.get("port", 22), raw.get("sudo", False)
    if type(port) is not int or not 0 < port < 65536:
        raise InputError(f"{path}: {name} has port {port}: give a number from 1 to 65535")
    if type(sudo) is not bool:
        raise InputError(f"{path}: {name} has sudo {sudo}: give true or false")
    key = file_of(path, name, raw["key"], "key")
    known_hosts = file_of(path, name, raw.get("known_hosts", "~/.ssh/known_hosts"), "known_hosts")
    return Target(name, str(raw["address"]), str(raw.get("user", "root")), key, known_hosts, port, sudo)


def file_of(path: Path, name: str, value: Any, field: str) -> Path:
    """Give a file that an inventory names. Raises InputError if it is not there."""
    file = path.parent / Path(str(value)).expanduser()
    if not file.is_file():
        raise InputError(f"{path}: {name}: the file {file} for {field} is missing")
    return file
