"""The guide's own cluster on real nodes, for tests that break it."""

import time

from tests.nodes.conftest import CONTROL_PLANE

WAIT = 120  # seconds for what needs a moment, on a machine that has other work
LOOK = 0.1  # seconds between two looks


class Cluster:
    """Both nodes of a lab that is up, with a shell on each that lasts."""

    def __init__(self, lab):
        self._shells = {name: lab.node(name) for name in lab.nodes.addresses}

    def close(self):
        for shell in self._shells.values():
            shell.close()

    def run(self, command, node=CONTROL_PLANE):
        """Run a command, and give status and output."""
        reply = self._shells[node].run(command, WAIT)
        return reply.status, reply.output

    def does(self, *commands, node=CONTROL_PLANE):
        """Run commands that must succeed, and give what the last one printed."""
        output = ""
        for command in commands:
            status, output = self.run(command, node)
            assert status == 0, f"{command}: {output}"
        return output

    def starts(self, *names, node=CONTROL_PLANE):
        """Source scripts of the guide."""
        self.does(*(f"source /vagrant/script/{name}.sh" for name in names), node=node)

    def sees(self, command, *words, node=CONTROL_PLANE):
        """Repeat a command until it prints all of `words`."""
        end = time.monotonic() + WAIT
        while True:
            status, output = self.run(command, node)
            if all(each in output for each in words):
                return
            assert time.monotonic() < end, f"{command} did not print {words}, but ended with {status}: {output}"
            time.sleep(LOOK)

    def logs(self, unit, since, *words, node=CONTROL_PLANE):
        """Wait until a unit's log has all of `words`, after a time that `now` gave."""
        self.sees(f"journalctl --no-pager --unit={unit} --since={since}", *words, node=node)

    def now(self, node=CONTROL_PLANE):
        """Give the node's time, in the form that journalctl takes."""
        return self.does("date +@%s.%6N", node=node).strip()
