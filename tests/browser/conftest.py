import os
from pathlib import Path

import pytest

from refalloc.bench.lab import CHROMIUM_ARGS, LabPage, LabServer, Page, find_chromium

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def required(found, what):
    """`found`, or else a skip that says so, which is a failure where CI is set."""
    if not found:
        assert not os.environ.get("CI"), f"{what}; with CI set it has to be there"
        pytest.skip(what)
    return found


@pytest.fixture(scope="session")
def browser():
    """Chromium, one for all tests."""
    path = required(find_chromium(), "Chromium is not installed (Debian: apt install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def lab_page(browser, tmp_path_factory):
    server = LabServer(tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("lab"))
    page = LabPage(server, browser, viewport={"width": 1280, "height": 1000})
    yield page
    page.close()
    server.close()


@pytest.fixture
def lab(lab_page):
    """The lab's page. The test fails if anything reached for the network, or the console shows an error."""
    lab_page.prove_quiet()
    yield lab_page
    lab_page.prove_quiet()


@pytest.fixture
def open_page(browser, tmp_path):
    """open_page(html, **context): a Page that shows a file and reaches nothing else."""
    pages = []

    def open_page(html, **context):
        path = tmp_path / "picture.html"
        path.write_text(html)
        page = Page(browser, ["file://"], **context)
        pages.append(page)
        page.page.goto(path.as_uri())
        page.page.wait_for_selector(".refalloc, [role=alert]")
        return page.page

    yield open_page
    for page in pages:
        page.prove_quiet()
        page.close()


@pytest.fixture(scope="session")
def axe():
    """axe(page, selector): the violations that axe-core finds, as a list of lines, serious or worse first."""
    source = required(AXE.exists() and AXE.read_text(), "axe-core is not installed (npm ci)")

    def axe(page, selector=".refalloc"):
        page.evaluate(source)
        found = page.evaluate("selector => axe.run(selector).then(result => result.violations)", selector)
        return [f"{v['impact']} {v['id']}: {v['help']}: {[n['html'] for n in v['nodes']][:3]}" for v in found]

    return axe
