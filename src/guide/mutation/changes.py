"""Whether a command changes anything, or only looks: deleting what only looks is nothing that could be noticed."""

import re

# The first word of commands that change files or the shell.
PROGRAMS = re.compile(r"source|\.|cp|mv|rm|mkdir|ln|touch|tee|scp|export|cd|unset|install|chmod|chown|systemd-run")
# What programs with subcommands are told to do, among their first words.
VERBS = re.compile(
    r"add|annotate|apply|attach|cordon|create|del|delete|disable|drain|edit|enable|expose|kill|label|load|patch|put|"
    r"remove|replace|restart|run|scale|set|start|stop|taint|uncordon"
)
FIRST_WORDS = 4
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
BETWEEN = re.compile(r"[;|\n{}]|&&?|\b(?:do|then|else)\b")
REDIRECTION = re.compile(r"(?<![<>&])>{1,2}\s*(?!/dev/null|&|[>(])\S")
ASSIGNMENT = re.compile(r"^(?P<name>[A-Za-z_]\w*)=")


def simple_commands(command: str) -> list[str]:
    """Give the simple commands in a command block, without quoted text and command substitutions."""
    text = QUOTED.sub("quoted", command.replace("\\\n", " "))
    while (shorter := re.sub(r"[$<]\([^()]*\)", "inner", text)) != text:
        text = shorter
    return [part.strip() for part in BETWEEN.split(text.replace("(", "\n").replace(")", "\n")) if part.strip()]


def changes(command: str) -> bool:
    """Tell whether a command block changes files, units, objects, or the shell, other than by variables."""
    return any(changes_simply(part) for part in simple_commands(command))


def changes_simply(command: str) -> bool:
    """Tell whether a simple command changes anything."""
    words = [word for word in command.split() if not word.startswith("-")][:FIRST_WORDS]
    if not words:
        return False
    told = any(VERBS.fullmatch(word) for word in words[1:])
    return told or bool(PROGRAMS.fullmatch(words[0]) or REDIRECTION.search(command))


def assigned(command: str) -> set[str]:
    """Give the shell variables that a command block leaves behind."""
    found = (ASSIGNMENT.match(part) for part in simple_commands(command))
    return {match["name"] for match in found if match}


def uses(command: str, names: set[str]) -> bool:
    """Tell whether a command block uses one of these variables without setting it itself."""
    return any(re.search(rf"\$\{{?{name}\b", command) for name in names - assigned(command))
