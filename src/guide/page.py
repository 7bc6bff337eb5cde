"""A page as the site shows it: macros and snippets expanded by the site's own plugins, each line traced back."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Any

import jinja2
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.structure.files import get_files
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page as SitePage

from guide.errors import InputError

# Each line of a source carries its number through the macros between two characters that no page has.
MARK = re.compile("\ue000(\\d+):(\\d+)\ue001")
SNIPPET_SYNTAX = re.compile(r"^\s*-{2,}8<-{2,}")


@dataclass(frozen=True, slots=True)
class Location:
    """Where something stands: page and line, and for text from a snippet the snippet's own `path:line`."""

    page: str
    line: int
    snippet: str = ""

    def __str__(self) -> str:
        within = f" ({self.snippet})" if self.snippet else ""
        return f"{self.page}:{self.line}{within}"


@dataclass(frozen=True, slots=True)
class Page:
    """An expanded page.

    Attributes:
        path: its source, relative to the project, such as docs/2-api-server.md.
        title: as the navigation shows it.
        text: Markdown without macros.
        lines: for each line of `text`, where it comes from.
    """

    path: str
    title: str
    text: str
    lines: tuple[Location, ...]


class Markers:
    """Puts marks into sources, and takes them out of what was made from these."""

    def __init__(self, page: str, first_line: int, environment: jinja2.Environment | None) -> None:
        self._sources = [page]
        self._first_line = first_line
        self._environment = environment

    def mark(self, text: str, source: str | None = None) -> str:
        """Give `text` with a mark behind every line, except where it would change what the macros give."""
        number, first = 0, self._first_line
        if source is not None:
            self._sources.append(source)
            number, first = len(self._sources) - 1, 1
        tags = list(self._tags(text))
        marked, position = [], 0
        for line, content in enumerate(text.split("\n"), start=first):
            end = position + len(content.rstrip())
            within = any(start < end < stop for start, stop in tags)
            # Jinja strips white space beside a tag with a hyphen: nothing may stand between.
            hyphen = any(end == stop and text[start:stop].rstrip("]}%=#>").endswith("-") for start, stop in tags)
            mark = f"\ue000{number}:{line}\ue001" if content.strip() and not within and not hyphen else ""
            marked.append(content[: end - position] + mark + content[end - position :])
            position += len(content) + 1
        return "\n".join(marked)

    def _tags(self, text: str) -> Iterator[tuple[int, int]]:
        env = self._environment
        if env is None:
            return
        pairs = {
            env.block_start_string: env.block_end_string,
            env.variable_start_string: env.variable_end_string,
            env.comment_start_string: env.comment_end_string,
        }
        opening = re.compile("|".join(map(re.escape, pairs)))
        position = 0
        while match := opening.search(text, position):
            position = text.find(pairs[match[0]], match.end())
            if position < 0:
                yield match.start(), len(text)
                return
            position += len(pairs[match[0]])
            yield match.start(), position

    def unmark(self, text: str) -> tuple[str, tuple[Location, ...]]:
        """Give the text without marks, and for each line where it comes from: the next mark tells."""
        marked = text.split("\n")
        lines: list[Location] = []
        page_line, here = self._first_line, (0, self._first_line)
        for line in reversed(marked):
            found = [(int(source), int(number)) for source, number in MARK.findall(line)]
            if found:
                here = found[0]
                page_line = next((number for source, number in found if source == 0), page_line)
            snippet = f"{self._sources[here[0]]}:{here[1]}" if here[0] else ""
            lines.append(Location(self._sources[0], page_line, snippet))
        return MARK.sub("", text), tuple(reversed(lines))


class MarkingLoader(jinja2.BaseLoader):
    """Loads snippets as another loader does, marked."""

    def __init__(self, inner: jinja2.BaseLoader, root: Path) -> None:
        self._inner = inner
        self._root = root
        self.markers: Markers | None = None

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Give a snippet's source. Not kept by Jinja: its marks belong to one page."""
        text, filename, _ = self._inner.get_source(environment, template)
        name = str(Path(self._root, filename).relative_to(self._root)) if filename else template
        marked = self.markers.mark(text, name) if self.markers else text
        return marked, filename, lambda: False


class Messages(logging.Handler):
    """Keeps errors that are logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.texts.append(record.getMessage())


@contextmanager
def quiet() -> Iterator[Messages]:
    """Keep what MkDocs logs while pages are read from the terminal: what matters of it becomes our errors."""
    logger = logging.getLogger("mkdocs")
    messages = Messages()
    before = logger.propagate, logger.handlers
    logger.propagate, logger.handlers = False, [messages]
    try:
        yield messages
    finally:
        logger.propagate, logger.handlers = before


def load_site(root: Path) -> MkDocsConfig:
    """Read mkdocs.yml in `root`. Raises InputError with what is wrong in it."""
    path = root / "mkdocs.yml"
    if not path.exists():
        raise InputError(f"{path}: there is no guide here: mkdocs.yml is missing")
    with quiet() as messages:
        try:
            return load_config(str(path))
        except MkDocsException as error:
            raise InputError(f"{path}: {'; '.join(messages.texts) or error}") from error


def read_pages(root: Path) -> list[Page]:
    """Give all pages of the guide in `root`, in the order of its navigation."""
    # The macros plugin looks for snippets from the folder that the process is in.
    with quiet(), chdir(root):
        config = load_site(root)
        config.plugins.on_startup(command="build", dirty=False)
        config = config.plugins.on_config(config)
        files = config.plugins.on_files(get_files(config), config=config)
        navigation = config.plugins.on_nav(get_navigation(files, config), config=config, files=files)
        loader = marking_loader(config, root)
        return [read_page(page, config, files, root, loader) for page in navigation.pages]


def marking_loader(config: MkDocsConfig, root: Path) -> MarkingLoader | None:
    """Make the macros plugin load marked snippets, if the site has that plugin."""
    macros: Any = config.plugins.get("macros")
    if macros is None:
        return None
    loader = MarkingLoader(macros.env.loader, root)
    macros.env.loader = loader
    return loader


def read_page(page: SitePage, config: MkDocsConfig, files: Any, root: Path, loader: MarkingLoader | None) -> Page:
    """Expand one page. Raises InputError with page and line where that fails."""
    path = str(Path(config.docs_dir, page.file.src_uri).relative_to(root))
    source = page.file.content_string
    page.read_source(config)
    text = page.markdown or ""
    first = source[: source.rfind(text)].count("\n") + 1 if text else 1
    macros: Any = config.plugins.get("macros")
    markers = Markers(path, first, macros.env if macros else None)
    if loader:
        loader.markers = markers
    try:
        expanded = config.plugins.on_page_markdown(markers.mark(text), page=page, config=config, files=files)
    except (Exception, SystemExit) as error:
        # The macros plugin ends the process on an error; what it met is the context of that.
        cause = error.__context__ if isinstance(error, SystemExit) and error.__context__ else error
        raise InputError(expansion_error(path, first, cause)) from error
    plain, lines = markers.unmark(expanded)
    for number, line in enumerate(plain.split("\n")):
        if SNIPPET_SYNTAX.match(line):
            raise InputError(f"{lines[number]}: include snippets by a macro's include, so that their blocks are run")
    return Page(path, str(page.title or path), plain, lines)


def expansion_error(path: str, first: int, cause: BaseException) -> str:
    """Say in one line what went wrong, and in which line of the page."""
    frames = [frame for frame in extract_tb(cause.__traceback__) if frame.filename == "<template>"]
    line = frames[-1].lineno if frames and frames[-1].lineno else 1
    if isinstance(cause, jinja2.TemplateSyntaxError) and cause.name is None:
        line = cause.lineno
    words = MARK.sub("", str(cause))
    if isinstance(cause, jinja2.TemplateNotFound):
        words = f"the snippet {cause.name} is missing"
    elif isinstance(cause, jinja2.TemplateSyntaxError) and cause.name:
        words = f"in the snippet {cause.name}, line {cause.lineno}: {words}"
    return f"{path}:{first + line - 1}: {words}"
