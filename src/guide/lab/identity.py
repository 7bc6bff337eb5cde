"""What makes a node this one: its name, its address, and its keys."""

import secrets
from pathlib import Path

from guide.lab.facts import Nodes
from guide.lab.keys import Keys, public

NETWORK = """\
[Match]
Name=host0

[Network]
Address={address}/{prefix}
Gateway={gateway}
LinkLocalAddressing=no
IPv6AcceptRA=no
"""
HOSTS = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
SECRET = ("_key", "authorized_keys", "id_ed25519")  # ends of names of files that only root reads


def write_identity(root: Path, name: str, nodes: Nodes, keys: Keys) -> None:
    """Write a node's own files into the layer `root` over the common root file system.

    The way out is the reader's machine, which leads nowhere: a node without any route would refuse to send to
    addresses that only its firewall rules know.
    """
    network = NETWORK.format(address=nodes.addresses[name], prefix=nodes.network.prefixlen, gateway=nodes.host)
    files = {
        "etc/hostname": f"{name}\n",
        "etc/resolv.conf": f"nameserver {nodes.host}\n",
        "etc/machine-id": f"{secrets.token_hex(16)}\n",
        "etc/systemd/network/10-host0.network": network,
        "etc/ssh/ssh_host_ed25519_key": keys.host(name).read_text(),
        "etc/ssh/ssh_host_ed25519_key.pub": public(keys.host(name)).read_text(),
        "root/.ssh/authorized_keys": public(keys.client).read_text(),
        "root/.ssh/known_hosts": keys.known_hosts.read_text(),
        "root/.ssh/id_ed25519": keys.client.read_text(),  # nodes reach each other as the reader does
    }
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600 if path.endswith(SECRET) else 0o644)
        file.write_text(text)
    (root / "root").chmod(0o700)
    (root / "root/.ssh").chmod(0o700)


def write_hosts(root: Path, nodes: Nodes) -> None:
    """Let a node know all nodes by name, for a project that has no script which does."""
    (root / "etc/hosts").write_text(
        HOSTS + "".join(f"{address}\t{name}\n" for name, address in nodes.addresses.items())
    )
