"""Texts without secrets: what nodes keep in secret files, and what is a secret by its form, is masked."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import quote

MASK = "***"
SHORTEST = 12  # characters; shorter ones are words like any other, and would be masked everywhere

FRAME = re.compile(r"-{3,}.*-{3,}")  # the first and last line of a key in PEM say nothing of it
# What is a secret wherever it comes from: signed tokens, and private keys.
BY_FORM = re.compile(
    r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
# How programs break what is too long for a line; the sign is a difference's.
BREAK = re.compile(r"[ \t]*\n[ \t]*(?:[+-] [ \t]*)?")


@dataclass(frozen=True)
class Secrets:
    """Words that must not be seen. `words` are as read_words gives them."""

    words: frozenset[str] = frozenset()

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """Every form in which a word may appear, the longest first."""
        found = {form for word in self.words for form in forms(word)}
        return tuple(sorted(found, key=lambda form: (-len(form), form)))

    def masked(self, text: str) -> str:
        """Give a text with every secret in it replaced, also one that is encoded or broken into lines."""
        compact = BREAK.sub("", text)
        for form in self.forms:
            if form in compact:
                text = broken(form).sub(MASK, text)
        return BY_FORM.sub(MASK, text)


def read_words(text: str) -> frozenset[str]:
    """Give the secret words in a secret file: its lines, and of lines with commas those parts that hold a digit.

    The others name people and groups, which are no secrets.
    """
    lines = [line.strip() for line in text.splitlines()]
    parts = [part.strip() for line in lines if "," in line for part in line.split(",") if re.search(r"\d", part)]
    return frozenset(word for word in lines + parts if len(word) >= SHORTEST and not FRAME.fullmatch(word))


def forms(word: str) -> Iterator[str]:
    """Give a word as it stands, in JSON, in an address, in hexadecimal, and in Base64 within a longer text."""
    data = word.encode()
    yield word
    yield json.dumps(word)[1:-1]
    yield quote(word, safe="")
    yield data.hex()
    for before in range(3):
        # Characters at both ends hold bits of what stands beside the word as well.
        first, last = -(-before * 8 // 6), (before + len(data)) * 8 // 6
        encoded = base64.b64encode(b"\0" * before + data).decode()[first:last]
        yield encoded
        yield encoded.translate(str.maketrans("+/", "-_"))


@lru_cache(maxsize=1024)
def broken(form: str) -> re.Pattern[str]:
    """Give an expression for a form that may be broken into lines anywhere."""
    return re.compile(f"(?:{BREAK.pattern})?".join(map(re.escape, form)))
