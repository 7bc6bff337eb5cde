"""What nodes say of themselves after a failure."""

from collections.abc import Callable, Mapping
from pathlib import Path

from guide.errors import LabError
from guide.node import Ending, Node

TIME = 20.0  # seconds that one command gets


def collect(
    commands: Mapping[str, str],
    names: tuple[str, ...],
    open_node: Callable[[str], Node],
    folder: Path,
    masked: Callable[[str], str],
) -> list[Path]:
    """Run commands on every node, each node in a shell of its own, and write what they print into a folder.

    `masked` takes the secrets out of it. Gives the files. A node that is lost gets a file that says so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name in names:
        node = open_node(name)
        try:
            for title, command in commands.items():
                path = folder / f"{name}-{title}.txt"
                path.write_text(masked(ask(node, command)))
                files.append(path)
        finally:
            node.close()
    return files


def ask(node: Node, command: str) -> str:
    """Give a command and what it printed."""
    try:
        reply = node.run(command, TIME)
    except LabError as error:
        return f"$ {command}\n({error})\n"
    end = "" if reply.ending is Ending.DONE else f"\n({reply.ending})\n"
    return f"$ {command}\n{reply.output}{end}"
