"""The SSH keys of one lab: made for it, and gone with it."""

from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from guide.lab.command import run


@dataclass(frozen=True, slots=True)
class Keys:
    """A folder with a key for the reader (`id`), one for each node's SSH server, and their known hosts."""

    folder: Path

    @property
    def client(self) -> Path:
        """The private key that nodes let in."""
        return self.folder / "id"

    @property
    def known_hosts(self) -> Path:
        """The nodes' public keys, by name and address."""
        return self.folder / "known_hosts"

    def host(self, node: str) -> Path:
        """The private key of a node's SSH server."""
        return self.folder / f"host-{node}"

    def create(self, nodes: dict[str, IPv4Address]) -> None:
        """Make all keys."""
        self.folder.mkdir(mode=0o700, parents=True)
        keygen(self.client, "reader")
        lines = []
        for name, address in nodes.items():
            keygen(self.host(name), name)
            lines.append(f"{name},{address} {public(self.host(name)).read_text()}")
        self.known_hosts.write_text("".join(lines))


def public(private: Path) -> Path:
    """Give the file of a private key's public half."""
    return private.with_name(private.name + ".pub")


def keygen(path: Path, comment: str) -> None:
    """Make one key pair without a passphrase."""
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path], what="Making an SSH key")
