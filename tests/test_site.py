"""The built site: what a reader copies from it is what was run."""

import html.parser
import os
import re
import subprocess
import sys

import pytest

from guide.project import open_project


class Blocks(html.parser.HTMLParser):
    """Collects titled code blocks, steps by label with their nodes, and every address that the page loads from."""

    def __init__(self):
        super().__init__()
        self.blocks, self.steps, self.loaded = [], {}, []
        self.title, self.code, self.label, self.nodes, self.spans = None, None, "", [], []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "div" and values.get("class") == "step":
            self.label, self.nodes = values["data-step"], []
        if tag == "span":
            self.spans.append((values.get("class") or "").partition(" ")[0])
            if self.spans[-1] == "filename":
                self.title = ""
        if tag == "code" and self.title is not None:
            self.code = ""
        if tag in ("script", "img", "iframe") or (tag == "link" and values.get("rel") in ("stylesheet", "preload")):
            self.loaded.append(values.get("src") or values.get("href") or "")

    def handle_endtag(self, tag):
        if tag == "span":
            self.spans.pop()
        if tag == "code" and self.code is not None:
            if self.label:
                self.steps[self.label] = (self.nodes, self.code)
            else:
                self.blocks.append((self.title, self.code))
            self.title, self.code, self.label, self.nodes = None, None, "", []

    def handle_data(self, data):
        if self.code is not None:
            self.code += data
        elif "node" in self.spans:
            self.nodes.append(data)
        elif "filename" in self.spans:
            self.title += data


def build(guide, project, target):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", target]
    env = {**os.environ, "PYTHONPATH": str(project / "src")}
    return subprocess.run(command, cwd=guide, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(root, tmp_path_factory):
    """The project's own site, built strictly."""
    folder = tmp_path_factory.mktemp("site")
    done = build(root, root, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr
    return folder


def read(path):
    parser = Blocks()
    parser.feed(path.read_text())
    return parser


def test_every_command_on_the_site_is_a_step_byte_for_byte_and_the_other_way_round(site, root):
    project = open_project(root)
    planned: dict[str, dict[str, tuple[list[str], str]]] = {}
    for runtime in ("containerd", "docker"):
        for each in project.plan(project.lane("embedded", runtime)):
            page = each.step.where.page.removeprefix("docs/").replace(".md", ".html")
            nodes, _ = planned.setdefault(page, {}).setdefault(each.label, ([], each.step.command))
            if each.step.node not in nodes:
                nodes.append(each.step.node)
    shown = {str(path.relative_to(site)): read(path).steps for path in site.rglob("*.html")}
    without_last_end = {
        page: {label: (nodes, code.removesuffix("\n")) for label, (nodes, code) in steps.items()}
        for page, steps in shown.items()
        if steps
    }
    assert without_last_end == planned
    assert sum(map(len, shown.values())) > 50


def test_every_file_on_the_site_is_the_real_file(site, root):
    seen = 0
    for path in site.glob("*.html"):
        for title, code in read(path).blocks:
            if "/" in title:
                assert code.rstrip("\n") == (root / title).read_text().rstrip("\n"), title
                seen += 1
    assert seen >= 10


def test_no_page_loads_anything_from_elsewhere(site):
    outside = {address for path in site.rglob("*.html") for address in read(path).loaded if "//" in address}
    assert outside == set()


def test_pages_are_the_same_to_the_site_and_to_the_engine(root):
    """The marks that trace lines back must not change what the macros give."""
    from mkdocs.config import load_config
    from mkdocs.structure.files import get_files
    from mkdocs.structure.nav import get_navigation

    from guide.page import read_pages

    config = load_config(str(root / "mkdocs.yml"))
    config = config.plugins.on_config(config)
    files = get_files(config)
    navigation = config.plugins.on_nav(get_navigation(files, config), config=config, files=files)
    plain = []
    for page in navigation.pages:
        page.read_source(config)
        plain.append(config.plugins.on_page_markdown(page.markdown or "", page=page, config=config, files=files))
    assert [page.text for page in read_pages(root)] == plain


def test_a_block_that_nobody_accounts_for_stops_the_sites_own_build_too(guide, root):
    guide.write("macros/__init__.py", (root / "macros/__init__.py").read_text())
    guide.page("```text\nwhat is this?\n```\n")
    done = build(guide.root, root, guide.root / "site")
    assert done.returncode != 0
    assert "docs/1-page.md:1: this block is neither a step nor an output" in done.stderr


def test_no_set_of_tabs_has_a_label_twice(site):
    """Two sets without a paragraph between them become one, and hide the steps of the second."""
    seen = 0
    for path in site.rglob("*.html"):
        for labels in re.findall(r'<div class="tabbed-labels">(.*?)</div>', path.read_text(), re.DOTALL):
            names = re.findall(r"<label.*?>(.*?)</label>", labels)
            assert len(names) == len(set(names)), f"{path.name}: {names}"
            seen += 1
    assert seen >= 5
