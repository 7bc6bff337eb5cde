"""The site in a browser: what a reader copies, ticks off, finds and hears."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from guide.annotation import Reason, read_reasons, unexplained
from guide.project import open_project
from tests.site.conftest import Copy

FENCE = "```"
TABS = f"""\
# Page

=== "containerd"

    {FENCE}bash title="kube-node"
    echo containerd
    {FENCE}

=== "docker"

    {FENCE}bash title="kube-node"
    echo docker
    {FENCE}

{FENCE}bash title="kube-control-plane, host"
echo both
{FENCE}

{FENCE}text title="Output"
both
{FENCE}
"""


def pages(site):
    """Give the pages, and reports of runs, without 404, which needs a server."""
    return sorted({str(path.relative_to(site)) for path in site.rglob("*.html")} - {"404.html"})


def copied(window, address):
    """Press the copy button of every step, one tab after the other; give by number what the clipboard had."""
    window.tab.goto(address)
    found: dict[str, str] = {}
    for label in window.tab.locator(".tabbed-labels > label").all():
        label.click()
        found |= press(window.tab)
    return found | press(window.tab)


PRESS = """async () => {
    const found = {};
    for (const step of document.querySelectorAll(".step")) {
        if (!step.checkVisibility()) continue;
        await navigator.clipboard.writeText("nothing");
        step.querySelector("[data-md-type=copy]").click();
        found[step.dataset.step] = await navigator.clipboard.readText();
    }
    return found;
}"""


def press(tab):
    tab.locator(
        ".step:visible [data-md-type=copy]"
    ).first.click()  # as a person does it, and what lets the others copy
    return tab.evaluate(PRESS)


def test_every_copy_button_gives_the_bytes_of_the_plan(built, serve, window):
    project = open_project(built.root)
    wanted: dict[str, dict[str, str]] = {}
    for runtime in ("containerd", "docker"):
        for each in project.plan(project.lane("embedded", runtime)):
            page = each.step.where.page.removeprefix("docs/").replace(".md", ".html")
            wanted.setdefault(page, {})[each.label] = each.step.command
    address = serve(built.site)
    assert {page: copied(window, f"{address}/{page}") for page in wanted} == wanted
    assert sum(map(len, wanted.values())) > 100


def test_an_option_of_a_script_tells_its_reason_by_keyboard_and_is_copied_without_it(built, serve, window):
    tab = window.tab
    tab.goto(f"{serve(built.site)}/2-api-server-and-etcd.html")
    block = tab.locator(".highlight", has=tab.locator(".filename", has_text="script/apiserver.sh"))
    block.locator("abbr.flag", has_text="--etcd-servers").focus()
    tab.locator(".md-tooltip2", has_text="where etcd is").wait_for()
    block.locator("[data-md-type=copy]").click()
    assert tab.evaluate("navigator.clipboard.readText()") == (built.root / "script/apiserver.sh").read_text().rstrip(
        "\n"
    )


def test_every_option_of_every_script_has_its_reason_on_a_page(built):
    content = {page: built.html(page) for page in pages(built.site) if not page.startswith("report/")}
    reasons: dict[str, list[Reason]] = {}
    for html in content.values():
        for file, said in read_reasons(html).items():
            reasons.setdefault(file, []).extend(said)
    found = {option for html in content.values() for option in unexplained(html, {}, reasons)}
    assert {option for option in found if option[0].startswith("script/")} == set()


def test_a_published_site_loads_pages_without_leaving_the_first_one(root, tmp_path_factory, serve, window):
    made = Copy(root, tmp_path_factory.mktemp("published") / "copy")
    made.only({"1-one.md": TABS, "2-two.md": TABS, "verified.md": "# Verified\n"})
    address = serve(made.site)
    assert made.build(SITE_URL=f"{address}/") == ""
    tab = window.tab
    tab.goto(f"{address}/1-one.html")
    tab.evaluate("window.stayed = true")
    tab.get_by_role("checkbox", name="Step 1.3 is done").check()
    tab.locator(".md-footer__link--next").click()
    tab.wait_for_url("**/2-two.html")
    tab.get_by_role("checkbox", name="Step 2.3 is done").wait_for()
    assert tab.evaluate("window.stayed")
    assert tab.get_by_role("status").inner_text() == "0 of 2 steps done"
    assert copied(window, f"{address}/2-two.html") == {
        "2.1": "echo containerd",
        "2.2": "echo docker",
        "2.3": "echo both",
    }
    assert (window.wrong, window.outside(address)) == ([], [])


def test_an_output_has_no_copy_button(built, serve, window):
    window.tab.goto(f"{serve(built.site)}/1-runtime-and-kubelet.html")
    window.tab.locator(".step:visible [data-md-type=copy]").first.wait_for()
    assert window.tab.locator("details.output").count() > 10
    assert window.tab.locator("details.output [data-md-type=copy]").count() == 0


@pytest.fixture(scope="module")
def small(root, tmp_path_factory):
    """Two pages with tabs."""
    made = Copy(root, tmp_path_factory.mktemp("small") / "copy")
    made.only({"1-one.md": TABS, "2-two.md": TABS, "verified.md": "# Verified\n"})
    assert made.build() == ""
    return made


def test_a_tab_that_is_chosen_once_is_chosen_on_all_pages(small, serve, window):
    address = serve(small.site)
    assert copied(window, f"{address}/1-one.html") == {
        "1.1": "echo containerd",
        "1.2": "echo docker",
        "1.3": "echo both",
    }
    window.tab.goto(f"{address}/2-two.html")
    docker = window.tab.locator(".step", has_text="echo docker")
    docker.wait_for()
    assert [docker.is_visible(), window.tab.locator(".step", has_text="echo containerd").is_visible()] == [
        True,
        False,
    ]


def test_steps_are_ticked_off_by_keyboard_and_stay_so(small, serve, window):
    tab = window.tab
    tab.goto(f"{serve(small.site)}/1-one.html")
    bar = tab.get_by_role("status")
    assert bar.inner_text() == "0 of 2 steps done"  # the other tab's step is not the reader's
    box = tab.get_by_role("checkbox", name="Step 1.3 is done")
    box.focus()
    tab.keyboard.press("Space")
    assert (box.is_checked(), bar.inner_text()) == (True, "1 of 2 steps done")
    tab.reload()
    assert (box.is_checked(), bar.inner_text()) == (True, "1 of 2 steps done")
    assert tab.get_by_role("progressbar", name="Steps done in this chapter").get_attribute("value") == "1"
    tab.get_by_role("button", name="Start over").click()
    assert (box.is_checked(), bar.inner_text()) == (False, "0 of 2 steps done")
    assert tab.context.cookies() == []


def test_what_is_kept_in_the_browser_and_damaged_is_as_good_as_nothing(small, serve, window):
    tab = window.tab
    tab.goto(f"{serve(small.site)}/1-one.html")
    tab.evaluate("localStorage.setItem('guide:1-one.html', '{\"done\": 7')")
    tab.reload()
    assert tab.get_by_role("status").inner_text() == "0 of 2 steps done"
    assert window.wrong == []


def test_the_landing_page_says_how_far_one_is(built, serve, window):
    address = serve(built.site)
    window.tab.goto(f"{address}/1-runtime-and-kubelet.html")
    window.tab.get_by_role("checkbox", name="Step 1.3 is done").check()
    window.tab.goto(f"{address}/index.html")
    words = window.tab.locator(".chapters li", has_text="1. The foundation").locator(".far").inner_text()
    assert re.fullmatch(r"1 of \d+ steps done", words)


@pytest.mark.parametrize("way", ["disk", "server"])
def test_search_finds_nodeport(built, serve, window, way):
    own = f"file://{built.site}" if way == "disk" else serve(built.site)
    window.tab.goto(f"{own}/index.html")
    window.tab.locator("[data-md-component=search-query]").press_sequentially("NodePort")
    hit = window.tab.locator(".md-search-result__link", has_text="outside").first
    hit.wait_for(state="attached")
    assert "4-services-and-kube-proxy.html" in (hit.get_attribute("href") or "")
    assert (window.wrong, window.outside(own)) == ([], [])


def test_no_page_has_an_error_or_asks_anybody_else_when_it_is_opened_from_disk(built, window):
    own = f"file://{built.site}"
    for page in pages(built.site):
        window.tab.goto(f"{own}/{page}")
    assert len(pages(built.site)) > 20
    assert (window.wrong, window.outside(own)) == ([], [])


def test_a_number_links_to_its_step(built, window):
    window.tab.goto(f"file://{built.site}/1-runtime-and-kubelet.html")
    number = window.tab.locator(".step-number:visible").nth(3)
    place = number.get_attribute("href")
    assert place == f"#step-1-{number.inner_text().removeprefix('1.')}"
    number.click()
    assert window.tab.url.endswith(place)
    assert window.tab.locator(place).evaluate("step => step.matches(':target')")


def test_on_a_phone_the_cells_of_a_row_stand_below_each_other_each_with_its_columns_name(built, window):
    window.tab.set_viewport_size({"width": 390, "height": 844})
    window.tab.goto(f"file://{built.site}/reference/api-server.html")
    cells = window.tab.get_by_role("row").filter(has_text="--etcd-servers").get_by_role("cell")
    named = "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
    assert cells.evaluate_all(named) == ["none", '"value: "', '"why: "']
    places = [cell.bounding_box() for cell in cells.all()]
    assert [place["x"] for place in places] == [places[0]["x"]] * 3
    assert [place["y"] for place in places] == sorted({place["y"] for place in places})


def test_a_reader_who_has_chosen_nothing_sees_the_runtime_that_nodes_have_by_default(built, window):
    window.tab.goto(f"file://{built.site}/1-runtime-and-kubelet.html")
    chosen = window.tab.locator(".tabbed-set > input:checked")
    names = "inputs => [...new Set(inputs.map(input => document.querySelector(`label[for=${input.id}]`).innerText))]"
    assert chosen.evaluate_all(names) == ["containerd"]


def test_on_paper_nothing_is_folded(built, window):
    window.tab.goto(f"file://{built.site}/1-runtime-and-kubelet.html")
    folded = window.tab.locator("details:not([open]) > :not(summary)")
    shown = "parts => parts.map(part => part.checkVisibility({contentVisibilityAuto: true}))"
    assert set(folded.evaluate_all(shown)) == {False}
    window.tab.emulate_media(media="print")
    assert set(folded.evaluate_all(shown)) == {True}


def test_a_copy_button_covers_no_command(built, window):
    window.tab.goto(f"file://{built.site}/1-runtime-and-kubelet.html")
    window.tab.locator(".step:visible [data-md-type=copy]").first.wait_for()
    covered = """steps => steps.filter(step => step.querySelector("button").getBoundingClientRect().bottom
        > step.querySelector("code").getBoundingClientRect().top).map(step => step.dataset.step)"""
    steps = window.tab.locator(".step:visible")
    assert (steps.count() > 10, steps.evaluate_all(covered)) == (True, [])


def grave(tab):
    """Give what axe finds that keeps people from using the page."""
    found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")]


def test_axe_finds_nothing_serious_on_any_page(built, window):
    found = {}
    for page in pages(built.site):
        window.tab.goto(f"file://{built.site}/{page}")
        found[page] = grave(window.tab)
    assert {page: what for page, what in found.items() if what} == {}


@pytest.mark.parametrize("page", ["index.html", "4-services-and-kube-proxy.html", "verified.html"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_screen_and_can_be_read_in_both_schemes(built, chromium, root, page, width, scheme):
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab = context.new_page()
    tab.goto(f"file://{built.site}/{page}")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert grave(tab) == []
    # To be looked at by a person; not compared.
    tab.screenshot(path=root / "build" / "screenshots" / f"{page.removesuffix('.html')}-{width}-{scheme}.png")
    context.close()
