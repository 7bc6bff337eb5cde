"""Shells on other machines, over SSH. The only module that knows Fabric."""

import shlex
import socket
from collections.abc import Callable

import paramiko
from fabric import Connection

from guide.errors import LabError
from guide.shell import Shell
from guide.target import Target

LOGIN_SHELL = "echo $$; exec bash -l"  # as a reader's terminal: /etc/profile and ~/.profile are read
AS_ROOT = "sudo --non-interactive --set-home "
TIME_TO_OPEN = 20  # seconds that a machine, which may be an emulated one, gets to let us in
SILENCE = 5  # seconds without an answer from the machine after which it counts as lost


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

    def __init__(self, connection: Connection, sudo: bool) -> None:
        self._connection = connection
        self._become = AS_ROOT if sudo else ""
        transport = connection.client.get_transport()
        assert transport is not None  # noqa: S101 - Fabric has just opened it
        self._channel = transport.open_session(timeout=TIME_TO_OPEN)
        self._channel.exec_command(f"{self._become}bash -c '{LOGIN_SHELL}'")
        self._session = self._read_session()

    def _read_session(self) -> int:
        line = b""
        self._channel.settimeout(TIME_TO_OPEN)
        while not line.endswith(b"\n"):
            line += self._channel.recv(1) or b"\n"
        if not line.strip().isdigit():
            said = (line + self._channel.recv_stderr(4096)).decode(errors="replace").split("\n")
            raise paramiko.SSHException(
                " ".join(each.strip() for each in said if each.strip()) or "there is no shell"
            )
        return int(line)

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
                kill.exec_command(f"{self._become}pkill -KILL -s {self._session}")
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
            connect_timeout=TIME_TO_OPEN,
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
        return ChannelStream(connection, target.sudo)
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise LabError(
            f"{target.name} ({target.address}) does not let us in by SSH: {reason(error, target)}"
        ) from error


def reason(error: Exception, target: Target) -> str:
    """Give what is wrong and what to do, for what people meet most."""
    if isinstance(error, paramiko.BadHostKeyException):
        return (
            f"its host key is not the one in {target.known_hosts}: if the machine was made anew, remove the old line "
            "there; else somebody may be in between"
        )
    if isinstance(error, paramiko.PasswordRequiredException):
        return f"the key {target.key} has a passphrase: use one without"
    if isinstance(error, paramiko.AuthenticationException):
        return f"it does not accept the key {target.key} for {target.user}"
    if "not found in known_hosts" in str(error):
        return f"its host key is not in {target.known_hosts}: put it there, by logging in once or by ssh-keyscan"
    return str(error)


def ssh_command(target: Target, *options: str) -> list[str]:
    """Give the command of OpenSSH that logs in as we do; what is to run there comes behind it."""
    files = ["-F", "none", "-i", str(target.key), "-o", f"UserKnownHostsFile={target.known_hosts}"]
    strict = ["-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=yes", "-o", "LogLevel=ERROR"]
    return ["ssh", *options, "-p", str(target.port), *files, *strict, f"{target.user}@{target.address}"]


def interactive(startup: str) -> str:
    """Give the command of a bash in a terminal that begins with `startup`."""
    return f"exec bash --rcfile <(printf '%s\\n' '[ ! -r ~/.bashrc ] || . ~/.bashrc' {shlex.quote(startup)}) -i"


def ssh_node(target: Target, dial: Callable[[str, int], socket.socket] = direct) -> Shell:
    """Give a node with a shell over SSH, opened when it is first used."""
    return Shell(target.name, lambda: connect(target, dial))
