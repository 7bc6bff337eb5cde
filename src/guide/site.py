"""What pages can use of the project: its real files, and the values in config/."""

from pathlib import Path
from typing import Any

from guide.documentation import mutation, table
from guide.errors import InputError
from guide.lab.facts import read_yaml, versions_in
from guide.node import HOST
from guide.page import MARK, Location, Page
from guide.project import read_settings
from guide.step import read_steps

LANGUAGES = {
    ".sh": "bash",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".toml": "toml",
    ".conflist": "json",
    ".txt": "text",
    ".md": "markdown",
}


def register(env: Any) -> None:
    """Give pages `file`, `table_of`, `mutation_score`, and `nodes`, `versions`, `images`, `host` and `networks`."""
    root = Path(env.project_dir)
    settings = read_settings(env.conf["extra"].get("guide"), root / "mkdocs.yml")
    nodes = read_yaml(root / settings.config / "nodes.yaml")
    versions = versions_in(root / settings.config)
    env.variables["nodes"] = nodes["nodes"]
    env.variables["host"] = nodes["host"]
    env.variables["networks"] = {name: value for name, value in nodes.items() if name not in ("nodes", "host")}
    env.variables["images"] = versions.pop("images", {})
    env.variables["versions"] = versions
    env.macro(lambda path: show_file(root, path), "file")
    env.macro(table, "table_of")
    env.macro(lambda: mutation(root / "build"), "mutation_score")


def show_file(root: Path, path: str) -> str:
    """Give a block that shows a file of the project, titled with its path. Raises InputError if it is missing."""
    file = root / path
    if not file.is_file():
        raise InputError(f"the file {path} is missing")
    text = file.read_text().rstrip("\n")
    fence = "```"
    while fence in text:
        fence += "`"
    return f'{fence}{LANGUAGES.get(file.suffix, "text")} title="{path}"\n{text}\n{fence}'


def account(env: Any) -> None:
    """Raise InputError if a block of the page that is being built is not accounted for."""
    if MARK.search(env.markdown):
        return  # the engine reads this page itself, and says where
    root = Path(env.project_dir)
    names = (*env.variables["nodes"], HOST)
    path = str(Path(env.conf["docs_dir"], env.page.file.src_uri).relative_to(root))
    lines = tuple(Location(path, number) for number in range(1, env.markdown.count("\n") + 2))
    read_steps(Page(path, path, env.markdown, lines), names, root)
