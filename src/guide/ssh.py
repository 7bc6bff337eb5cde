"""Shells on other machines, over SSH. The only module that knows Fabric."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import paramiko
from fabric import Connection

from guide.errors import LabError
from guide.shell import Shell

LOGIN_SHELL = "exec bash -l"  # as a reader's terminal: /etc/profile and ~/.profile are read
SILENCE = 5  # seconds without an answer from the machine after which it counts as lost


@dataclass(frozen=True, slots=True)
class Target:
    """Where a machine is, and how one gets in. `known_hosts` names the only host keys that are accepted."""

    name: str
    address: str
    user: str
    key: Path
    known_hosts: Path
    port: int = 22


def direct(address: str, port: int) -> socket.socket:
    """Open a connection from this process's own network."""
    return socket.create_connection((address, port), timeout=SILENCE)


def notice_silence(connection: socket.socket) -> None:
    """Make the kernel ask a quiet machine whether it is still there, and give up on a dead one."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, SILENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENCE * 1000)


class ChannelStream:
    """A shell behind an SSH channel."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        transport = connection.client.get_transport()
        assert transport is not None  # noqa: S101 - Fabric has just opened it
        self._channel = transport.open_session(timeout=SILENCE)
        self._channel.exec_command(f"echo $$; {LOGIN_SHELL}")
        self._session = self._read_line()

    def _read_line(self) -> int:
        line = b""
        self._channel.settimeout(SILENCE)
        while not line.endswith(b"\n"):
            line += self._channel.recv(1) or b"\n"
        return int(line or 0)

    def send(self, data: bytes) -> None:
        """Write to the shell."""
        self._channel.settimeout(SILENCE)
        self._channel.sendall(data)

    def receive(self, seconds: float) -> bytes:
        """Read from the shell."""
        self._channel.settimeout(seconds)
        data: bytes = self._channel.recv(65536)
        return data

    def ended(self, seconds: float) -> bool:
        """Tell whether the shell ended rather than the machine.

        The server reports a status, but none for a shell that was killed: then a machine that still opens
        sessions tells.
        """
        if self._channel.status_event.wait(seconds) and self._channel.exit_status >= 0:
            return True
        transport = self._connection.client.get_transport()
        try:
            transport.open_session(timeout=SILENCE).close()
        except (paramiko.SSHException, OSError, EOFError):
            return False
        return True

    def close(self) -> None:
        """Kill what still runs in the shell's session, and close the connection."""
        transport = self._connection.client.get_transport()
        if transport is not None and transport.is_active() and not self._channel.exit_status_ready():
            try:
                kill = transport.open_session(timeout=SILENCE)
                kill.exec_command(f"pkill -KILL -s {self._session}")
                kill.status_event.wait(SILENCE)
            except (paramiko.SSHException, OSError):
                pass  # lost while we looked; nothing of ours runs on a machine that is gone
        self._connection.close()


def connect(target: Target, dial: Callable[[str, int], socket.socket] = direct) -> ChannelStream:
    """Open a login shell. `dial` opens the connection beneath. Raises LabError if nobody lets us in."""
    try:
        below = dial(target.address, target.port)
        notice_silence(below)
        connection = Connection(
            target.address,
            user=target.user,
            port=target.port,
            connect_timeout=SILENCE,
            connect_kwargs={
                "sock": below,
                "key_filename": str(target.key),
                "look_for_keys": False,
                "allow_agent": False,
            },
        )
        connection.client.load_host_keys(str(target.known_hosts))
        connection.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        connection.open()
        return ChannelStream(connection)
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise LabError(f"{target.name} ({target.address}) does not let us in by SSH: {error}") from error


def ssh_node(target: Target, dial: Callable[[str, int], socket.socket] = direct) -> Shell:
    """Give a node with a shell over SSH, opened when it is first used."""
    return Shell(target.name, lambda: connect(target, dial))
