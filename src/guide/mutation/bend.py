"""How a value is bent: into another one of its kind, which a guide that looks closely does not take."""

import re
from dataclasses import dataclass

from guide.mutation.mutant import Kind

ADDRESS = re.compile(r"(?<![\d.])(?P<address>\d{1,3}(?:\.\d{1,3}){3})(?P<prefix>/\d+)?(?![\d.])")
PORT = re.compile(r"(?<=[\w\]]:)\d{2,5}(?![\w.])")
# The other one of two; any other word becomes one that nobody knows.
SWITCH = {"true": "false", "false": "true", "yes": "no", "no": "yes", "TCP": "UDP", "UDP": "TCP"}
# A time limit that is another second long changes nothing that anybody sees while all is well.
LIMIT = re.compile(r"timeout|\btime$|seconds?$|deadline", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bend:
    """Other text for the characters from `start` to `end`."""

    start: int
    end: int
    new: str
    kind: Kind


def bend_parts(text: str, nodes: dict[str, str]) -> list[Bend]:
    """Bend every address, port and node name in a text. `nodes` has names with addresses."""
    bends = [
        Bend(*match.span(), other_address(match["address"], match["prefix"] or "", nodes), Kind.ADDRESS)
        for match in ADDRESS.finditer(text)
    ]
    bends += [Bend(*match.span(), str(int(match[0]) + 1), Kind.PORT) for match in PORT.finditer(text)]
    for name in nodes:
        # What a macro says is bent where macros are.
        for match in re.finditer(rf"(?<![\w-])(?<!nodes\[\"){re.escape(name)}(?![\w-])", text):
            bends.append(Bend(*match.span(), another(name, tuple(nodes)), Kind.NODE))
    return sorted((bend for bend in bends if text[bend.start : bend.end] != bend.new), key=lambda bend: bend.start)


def bend_value(name: str, text: str, nodes: dict[str, str], kind: Kind = Kind.VALUE) -> list[Bend]:
    """Bend a value, with or without quotes around it, whose option or field is called `name`."""
    if LIMIT.search(name):
        return []
    if text in SWITCH:
        return [Bend(0, len(text), SWITCH[text], kind)]
    if text.isdecimal():
        return [Bend(0, len(text), str(int(text) + 1), Kind.PORT if "port" in name.lower() else kind)]
    if parts := bend_parts(text, nodes):
        return parts
    end = len(text) - (text[-1:] in ("'", '"'))
    return [Bend(end, end, "-bent" if text.strip("'\"") else "bent", kind)]


def other_address(address: str, prefix: str, nodes: dict[str, str]) -> str:
    """Give another address; of a node, another node's; of a network, one beside it; of all networks, half of them."""
    if prefix == "/0":
        return "128.0.0.0/1"
    if address in nodes.values() and not prefix:
        return another(address, tuple(nodes.values()))
    octets = [int(octet) for octet in address.split(".")]
    place = 1 if prefix else 3
    octets[place] += 1 if octets[place] < 255 else -1
    return ".".join(map(str, octets)) + prefix


def another(name: str, names: tuple[str, ...]) -> str:
    """Give the name after this one; of a single one, itself."""
    return names[(names.index(name) + 1) % len(names)]
