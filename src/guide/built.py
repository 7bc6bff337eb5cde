"""The site while MkDocs builds it: steps dressed, marks under titles, and what the page "verified" shows."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page as SitePage
from mkdocs.utils import get_relative_url

from guide import report
from guide.annotation import Reason, annotate, read_reasons
from guide.errors import InputError
from guide.evidence import digest_inputs, now
from guide.files import Mentions
from guide.lab.facts import read_yaml
from guide.marks import Mark, mark_page
from guide.markup import Palette, anchor, dress
from guide.node import HOST
from guide.page import Location, Page
from guide.plan import Lane, Planned, number_steps
from guide.project import Settings, read_settings
from guide.proof import read_score, render
from guide.run import Result
from guide.seen import Run, read_runs
from guide.step import LANE_TABS, read_steps

VERIFIED = "verified.html"
PLACE = re.compile(r'<div data-proof="(?P<name>[\w-]+)"></div>')
INCLUDE = re.compile(r'include\s+"([^"]+)"')
TITLE_END = "</h1>"
log = logging.getLogger("mkdocs.guide")  # below mkdocs, so that --strict counts its warnings


@dataclass(frozen=True, slots=True)
class Shown:
    """A page with steps, as far as it is built."""

    title: str
    url: str
    planned: Sequence[Planned]
    marks: Sequence[Mark]

    @property
    def missing(self) -> list[str]:
        """The runtimes that the page has tabs for and that no run has seen; [""] if there is no evidence at all."""
        tabs = {label.casefold() for each in self.planned for label in each.step.tabs}
        runtimes = sorted(label for label in tabs if LANE_TABS.get(label) == "runtime")
        seen = {mark.run.lane.runtime for mark in self.marks}
        return [each for each in runtimes if each not in seen] if self.marks else [""]


class Built:
    """One build of the site. MkDocs calls its methods that begin with on_."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Let published pages load without leaving the first one; opened from disk, the theme's scripts fail then."""
        if config.site_url:
            config.theme["features"].append("navigation.instant")
        return config

    def on_pre_build(self, config: MkDocsConfig) -> None:
        """Read the evidence, and warn of what is wrong with it."""
        self.root = Path(config.config_file_path).parent
        settings: Settings = read_settings(config.extra.get("guide"), self.root / "mkdocs.yml")
        folder = self.root / settings.config
        nodes = tuple(read_yaml(folder / "nodes.yaml")["nodes"])
        self.palette = Palette(nodes, HOST)
        self.digests = digest_inputs(self.root, settings.inputs)
        self.mentions = Mentions(self.root, settings.inputs)
        docs = Path(config.docs_dir)
        pages = {str(path.relative_to(self.root)) for path in docs.rglob("*.md")}
        self.versions = {path.name.partition("-")[2] for path in (folder / "modules").glob("kubernetes-*")}
        self.versions.add(str(read_yaml(folder / "versions.yaml").get("kubernetes", "none")))
        self.runs, wrong = read_runs(self.root / "build" / "evidence", pages, self.versions, now())
        self.score = None
        try:
            self.score = read_score(self.root / "build" / "mutation.json")
        except InputError as error:
            wrong.append(str(error))
        for words in wrong:
            log.warning(words)
        self.shown: dict[str, Shown] = {}
        self.reasons: dict[str, dict[str, list[Reason]]] = {}  # of options, by the page that gives them
        self.all_reasons: dict[str, list[Reason]] = {}  # what all pages say, by file

    def on_page_content(self, html: str, page: SitePage, config: MkDocsConfig, **_: Any) -> str:
        """Dress a page's steps, and put its mark under its title."""
        self.reasons[page.file.src_uri] = reasons = read_reasons(html)
        for file, said in reasons.items():
            self.all_reasons.setdefault(file, []).extend(said)
        source = Path(config.docs_dir, page.file.src_uri)
        path = str(source.relative_to(self.root))
        try:
            planned = self.plan(path, page.markdown or "")
            if not planned:
                return html
            self.warn_of_colours(planned)
            used = self.used(path, source.read_text(), planned)
            found = [mark_page(path, planned, run, used, self.digests) for run in self.runs]
            marks = [mark for mark in found if mark]
            shown = Shown(str(page.title), page.file.url, planned, marks)
            self.shown[path] = shown
            html = dress(html, planned, self.palette, path, remarks(marks))
        except InputError as error:
            raise PluginError(str(error)) from error
        link = get_relative_url(VERIFIED, page.file.url)
        return html.replace(TITLE_END, TITLE_END + render("page", marks, shown.missing, link), 1)

    def plan(self, path: str, text: str) -> list[Planned]:
        """Give the steps of an expanded page, in all lanes."""
        lines = tuple(Location(path, number) for number in range(1, text.count("\n") + 2))
        return number_steps(path, read_steps(Page(path, path, text, lines), (*self.palette.nodes, HOST), self.root))

    def used(self, path: str, text: str, planned: Sequence[Planned]) -> set[str]:
        """Give the files that decide what a page does: itself, its snippets, and files that it shows or uses."""
        snippets = {f"snippets/{name}" for name in INCLUDE.findall(text)}
        commands = "\n".join(each.step.command for each in planned)
        return {path, *snippets, *self.mentions.of(text + commands)}

    def warn_of_colours(self, planned: Sequence[Planned]) -> None:
        """Warn of steps on nodes that look like no other node's, and so like each other's."""
        for each in planned:
            if not self.palette.style(each.step.node):
                log.warning("%s: the node %s has no colour: give it one", each.step.where, each.step.node)

    def on_page_context(self, context: Any, page: SitePage, **_: Any) -> Any:
        """Fill a page's places for proof, and say why its files have their options, now that all pages are known."""

        def fill(match: re.Match[str]) -> str:
            makers = {
                "summary": self.summary,
                "matrix": self.matrix,
                "lanes": self.lanes,
                "pages": self.pages,
                "skipped": self.skipped,
                "mutation": lambda _: render("mutation", self.score),
                "files": self.files,
            }
            if match["name"] not in makers:
                known = ", ".join(makers)
                raise PluginError(f'{page.file.src_uri}: data-proof="{match["name"]}" is unknown; known are {known}')
            return makers[match["name"]](page.file.url)

        filled = PLACE.sub(fill, page.content or "")
        page.content = annotate(filled, self.reasons[page.file.src_uri], self.all_reasons)
        return context

    def summary(self, here: str) -> str:
        """Give the line of the landing page."""
        total = sum(len(shown.planned) for shown in self.shown.values())
        return render("summary", self.runs, total, get_relative_url(VERIFIED, here))

    def matrix(self, _here: str) -> str:
        """Give the table of all lanes that the guide has: who makes nodes and which runtime, by version."""
        tabs = {
            label.casefold() for shown in self.shown.values() for each in shown.planned for label in each.step.tabs
        }
        ways = {kind: [name for name, of in LANE_TABS.items() if of == kind] for kind in ("provider", "runtime")}
        runtimes = [name for name in ways["runtime"] if name in tabs] or sorted(
            {run.lane.runtime for run in self.runs}
        )
        runs = {run.lane: run for run in self.runs}
        versions = sorted(self.versions, key=lambda version: [int(part) for part in re.findall(r"\d+", version)])
        rows = [
            (provider, runtime, [runs.get(Lane(provider, runtime, version)) for version in versions])
            for provider in ways["provider"]
            for runtime in runtimes
        ]
        return render("matrix", versions, rows)

    def lanes(self, _here: str) -> str:
        """Give the table of the lanes that were run."""
        return render("lanes", self.runs)

    def pages(self, here: str) -> str:
        """Give the table of pages."""
        rows = [
            {"title": shown.title, "link": get_relative_url(shown.url, here), "marks": shown.marks}
            for shown in self.shown.values()
        ]
        return render("pages", rows, self.runs)

    def skipped(self, here: str) -> str:
        """Give the table of steps that were skipped, each with its reason."""
        rows = []
        for shown in self.shown.values():
            anchors = {each.label: anchor(each) for each in shown.planned}
            for mark in shown.marks:
                for step in mark.steps:
                    if step.result is Result.SKIPPED:
                        link = get_relative_url(shown.url, here) + "#" + anchors.get(step.label, "")
                        rows.append((mark.run.lane, step, link))
        return render("skipped", rows)

    def files(self, here: str) -> str:
        """Give the list of what each run left behind: its report, and its evidence."""
        beside = {"report": report_of, "evidence": evidence_of}
        rows = [
            {"lane": run.lane, **{name: get_relative_url(place(run), here) for name, place in beside.items()}}
            for run in self.runs
        ]
        return render("files", rows)

    def on_post_build(self, config: MkDocsConfig) -> None:
        """Put the evidence that was used beside the pages, and a report of each run, made from it."""
        site, kept = Path(config.site_dir), self.root / "build" / "evidence"
        for run in self.runs:
            write(site / evidence_of(run), (kept / f"{run.lane}.json").read_text())
            write(site / report_of(run), report.render(run.raw, {}, self.place))

    def place(self, step: dict[str, Any]) -> str:
        """Give the address of a step of evidence, seen from a report: on its page, or the page if it has changed."""
        shown = self.shown.get(step["page"])
        if shown is None:
            return f"../{VERIFIED}"
        anchors = {each.label: anchor(each) for each in shown.planned}
        return f"../{shown.url}#{anchors.get(step['label'], '')}"


def report_of(run: Run) -> str:
    """Give where on the site a run's report is."""
    return f"report/{run.lane}.html"


def evidence_of(run: Run) -> str:
    """Give where on the site a run's evidence is."""
    return f"evidence/{run.lane}.json"


def write(target: Path, text: str) -> None:
    """Write a file into a folder that need not be there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def remarks(marks: Sequence[Mark]) -> dict[tuple[str, str, str], list[str]]:
    """Give what is to be said at a step, by label, node and command, where a lane did not pass it."""
    said: dict[tuple[str, str, str], list[str]] = {}
    words = {Result.SKIPPED: "skipped", Result.FAILED: "failed", Result.NOT_RUN: "not run"}
    for mark in marks:
        for step in mark.steps:
            if step.result in words:
                why = f": {step.problem}" if step.result is Result.SKIPPED else ""
                line = f"{words[step.result]} in the lane {mark.run.lane}{why}"
                said.setdefault((step.label, step.node, step.command), []).append(line)
    return said
