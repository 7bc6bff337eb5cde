"""Nodes in use: one shell on each, opened when it is first needed, until all are closed."""

from ipaddress import IPv4Network

from guide.hooks import Lab
from guide.node import Node
from guide.plan import Planned
from guide.run import Outcome, run_step


class Shells:
    """Runs steps on a lab, one after the other, as `with` lasts."""

    def __init__(self, lab: Lab, fluid: tuple[IPv4Network, ...]) -> None:
        self._lab = lab
        self._fluid = fluid
        self._nodes: dict[str, Node] = {}

    def __enter__(self) -> "Shells":
        return self

    def __exit__(self, *_: object) -> None:
        for node in self._nodes.values():
            node.close()

    def run(self, planned: Planned) -> Outcome:
        """Run a step. Raises LabError if its node is not there."""
        name = planned.step.node
        if name not in self._nodes:
            self._nodes[name] = self._lab.node(name)
        return run_step(planned, self._nodes[name], self._fluid)
