"""The secrets that a lab's nodes hold, as last read, and outcomes without them."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from guide.errors import LabError
from guide.node import Ending, Node, Reply
from guide.run import Outcome
from guide.secrets import Secrets, read_words

TIME = 5.0  # seconds that one reading gets
# Reads as the shell itself does, without a program for each file: this runs after every step.
READ = 'for _file in {paths}; do [ ! -f "$_file" ] || echo "$(<"$_file")"; done 2>/dev/null'


class Vault:
    """Reads secret files on nodes, each node by a shell of its own, and keeps every secret that it ever saw."""

    def __init__(self) -> None:
        self._command = ""
        self._nodes: dict[str, Node] = {}
        self._opening: dict[str, Future[Reply | None]] = {}
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._secrets = Secrets()

    def open(self, paths: Sequence[str], names: Sequence[str], open_node: Callable[[str], Node]) -> None:
        """Open shells on nodes, beside what runs now, so that nobody waits for them later.

        `paths` are the files as shell patterns, `open_node` gives a fresh shell on a node.
        """
        self._command = READ.format(paths=" ".join(paths))
        for name in names if paths else ():
            self._nodes[name] = open_node(name)
            self._opening[name] = self._thread.submit(self._ask, name)

    def read(self, *names: str) -> None:
        """Read the secrets of nodes; of one that is lost the last known ones stay."""
        words = self._secrets.words
        for name in names:
            if name in self._opening:
                self._opening.pop(name).result()
            reply = self._ask(name)
            if reply is not None and reply.ending is Ending.DONE:
                words |= read_words(reply.output)
        if words != self._secrets.words:
            self._secrets = Secrets(words)

    def _ask(self, name: str) -> Reply | None:
        if name not in self._nodes:
            return None
        try:
            return self._nodes[name].run(self._command, TIME)
        except LabError:
            return None

    def masked(self, text: str) -> str:
        """Give a text without the secrets."""
        return self._secrets.masked(text)

    def hide(self, outcome: Outcome) -> Outcome:
        """Give an outcome without the secrets."""
        reply = outcome.reply
        if reply is not None:
            reply = replace(reply, output=self.masked(reply.output), failed=self.masked(reply.failed))
        return replace(outcome, reply=reply, problem=self.masked(outcome.problem))

    def close(self) -> None:
        """Close the shells. What is known stays known."""
        self._thread.shutdown()
        for node in self._nodes.values():
            node.close()
