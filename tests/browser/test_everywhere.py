"""Every widget in JupyterLab: everyone can use it, its keys are its own, it outlives its kernel; and the still of it in
a notebook that is not trusted, and in a page made of one."""

from html import escape

import nbformat
import pytest

from refalloc.pictures.still import PALETTE

SET_UP = """
import os, sys
from refalloc import allocator
from refalloc.heap import Heap
from refalloc.lab import LaneTable, MemoryMap, SchedulePlayer, SizeClasses, SlabRuler
from refalloc.pictures.check_panel import CheckPanel, Progress
from refalloc.pictures.prediction import Prediction
from refalloc.trace import EventLog, record

heap, log = Heap(lane_count=2, arena_len=1 << 26), EventLog()
undo = record(heap, log)
blocks = [allocator.alloc(heap, 100, 3) for _ in range(3)]
allocator.free(heap, blocks[1], 100, 3)
undo()
recording = log.recording()

def pair(thread):
    thread.free(thread.alloc(24))

def player():
    player = SchedulePlayer([pair, pair])
    for thread in (0, 1, 0, 1):
        player.step(thread)
    return player

def panel():
    test = {"name": "a length of 9", "outcome": "incorrect", "points": 0, "max_points": 2, "message": "gave 0"}
    test["lines"] = ["step  T0                 T1                 source" + " of a long line" * 20]
    report = {**test, "printed": "hello", "tests": [test]}
    panel = CheckPanel({"id": "04.1", "title": "Size class", "file": "a.py", "link": ""}, lambda on_test: report)
    panel.check()
    return panel

exercise = {"id": "04.1", "title": "Size class", "passed": True, "points": 3, "max_points": 3, "hints": 0}
lessons = [{"id": "04", "title": "Size classes", "exercises": [exercise, {**exercise, "id": "04.2", "passed": False}]}]
"""
WIDGETS = {
    "MemoryMap": "MemoryMap(recording)",
    "LaneTable": "LaneTable(recording)",
    "SchedulePlayer": "player()",
    "SizeClasses": "SizeClasses(300)",
    "SlabRuler": "SlabRuler(10, pages=3)",
    "CheckPanel": "panel()",
    "Progress": "Progress(lessons)",
    "Prediction": "Prediction('How far?', unit='bytes')",
}
UNFOLD = "() => document.querySelectorAll('.refalloc details').forEach(details => { details.open = true; })"
CONTROLS = ".refalloc :is(button:enabled, input, select, canvas[tabindex], summary, [tabindex='0'])"
OUTLINES = """controls => controls.map(control => {
  const { outlineStyle, outlineWidth } = getComputedStyle(control);
  return `${outlineStyle} ${parseFloat(outlineWidth)}`; })"""


@pytest.fixture(params=WIDGETS)
def shown(request, lab):
    """The lab, with a notebook that shows one widget."""
    lab.run(f"{request.param}.ipynb", [SET_UP, WIDGETS[request.param]])
    lab.page.locator(".refalloc").wait_for()
    return lab


def test_axe_finds_nothing_in_either_theme(shown, axe):
    shown.page.evaluate(UNFOLD)
    for theme in ("Dark", "Light"):
        shown.theme(theme)
        shown.page.locator(f".refalloc[data-theme={theme.lower()}]").wait_for()
        assert axe(shown.page) == []


def test_keys_stay_in_the_picture_and_focus_is_seen(shown):
    page = shown.page
    controls = page.locator(CONTROLS).filter(visible=True)
    page.locator(".refalloc").evaluate("root => root.setAttribute('tabindex', '-1')")
    page.locator(".refalloc").focus()
    for control in controls.all():
        if not control.is_visible() or not control.is_enabled():
            continue  # a key of the one before has changed it
        page.keyboard.press("Shift")  # from now on, focus is the keyboard's
        control.focus()
        style, width = control.evaluate(f"control => ({OUTLINES})([control])")[0].split()
        assert (style, float(width) >= 2) == ("solid", True), control.evaluate("e => e.outerHTML")
        if control.get_attribute("type") not in ("number", "text"):
            for key in ("d", "d", "a", "x", "b", "m", "0", "0"):  # each does something to a notebook
                control.press(key)
    cells = page.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.toJSON().cells")
    assert [cell["cell_type"] for cell in cells] == ["code", "code"]


def test_a_picture_outlives_its_kernel(shown):
    page = shown.page
    told = page.locator(".refalloc").inner_text()
    shown.kill_kernel()
    assert page.locator(".refalloc").inner_text() == told
    sliders = page.locator(".refalloc input[type=range]")
    for slider in sliders.all():
        slider.press("Home")
    if sliders.count() > 0:
        page.wait_for_function("told => document.querySelector('.refalloc').innerText !== told", arg=told)
    shown.errors.clear()  # the widget library says that nobody listens


COLOURS = """canvas => { const seen = new Set();
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) {
    const pixel = data.slice(i, i + 3);
    if (data[i + 3] === 255) seen.add("#" + [...pixel].map(part => part.toString(16).padStart(2, "0")).join("")); }
  return [...seen]; }"""


@pytest.mark.parametrize("name", ["MemoryMap", "SizeClasses", "SlabRuler"])
def test_a_canvas_out_of_sight_takes_the_theme_too(lab, name):
    page = lab.run(f"far-{name}.ipynb", [SET_UP, WIDGETS[name], *["print('a line\\n' * 60)"] * 8])
    canvas = page.locator(".refalloc :is(.rf-slab, .rf-chart, .rf-ruler)")
    show = "n => window.jupyterapp.shell.currentWidget.content.scrollToItem(n, 'start').then(() => true)"
    for theme in ("Dark", "Light"):
        page.evaluate(show, 9)
        lab.theme(theme)
        page.evaluate(show, 1)
        colours = PALETTE[theme.lower()]
        wanted = colours["fresh"][0] if name == "MemoryMap" else colours["ink"]
        page.wait_for_function(
            f"([canvas, wanted]) => ({COLOURS})(canvas).includes(wanted)", arg=[canvas.element_handle(), wanted]
        )


def saved(lab, name):
    """The notebook as the lab saves it."""
    lab.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save().then(() => true)")
    return nbformat.read(lab.server.root / name, as_version=4)


def test_a_notebook_that_is_not_trusted_shows_stills_and_sentences(lab):
    lab.run("made.ipynb", [SET_UP, *WIDGETS.values()])
    notebook = saved(lab, "made.ipynb")
    for cell in notebook.cells:
        cell.metadata.pop("trusted", None)
    texts = [cell.outputs[0].data["text/plain"] for cell in notebook.cells[1:]]
    # Another text, so that the lab has no signature of it: as a clone of somebody's repository.
    notebook.cells[0].source += "\n# a clone"
    nbformat.write(notebook, lab.server.root / "clone.ipynb")
    lab.open("clone.ipynb")
    page = lab.page
    for number, text in enumerate(texts, 1):
        page.evaluate(
            "n => window.jupyterapp.shell.currentWidget.content.scrollToItem(n).then(() => true)",
            number,
        )
        image = page.locator(f".jp-Notebook-cell[data-windowed-list-index='{number}'] img")
        image.wait_for()
        assert image.get_attribute("src").startswith("data:image/png;base64,")
        assert image.evaluate("image => image.naturalWidth") == 900
        assert image.get_attribute("alt") in (text, None)  # the lab drops what says it to a screen reader
    assert page.locator(".refalloc").count() == 0


def test_pages_that_nbconvert_makes_show_stills(lab, open_page):
    from nbconvert import HTMLExporter

    lab.run("convert.ipynb", [SET_UP, *WIDGETS.values()])
    notebook = saved(lab, "convert.ipynb")
    notebook.metadata.pop("widgets", None)
    exporter = HTMLExporter(require_js_url="", mathjax_url="", mermaid_js_url="", jupyter_widgets_base_url="")
    html, _ = exporter.from_notebook_node(notebook)
    page = open_page(html.replace("</body>", '<p role="alert">the end</p></body>'))
    images = page.locator(".jp-OutputArea img")
    assert images.count() == len(WIDGETS)
    assert [image.evaluate("image => image.naturalWidth") for image in images.all()] == [900] * len(WIDGETS)
    # nbconvert's own template leaves out what says it to a screen reader; the classic one has it.
    html, _ = HTMLExporter(template_name="classic").from_notebook_node(notebook)
    for cell in notebook.cells[1:]:
        assert f'alt="{escape(cell.outputs[0].data["text/plain"], quote=False)}"' in html


PLOTS = [
    "from refalloc.lab import plot_blowup, plot_growth",
    "plot_growth({'mapped': [65536, 131072], 'resident': {1: 4096, 2: 8192}}, 'heap calls')",
    "plot_blowup({2: 131072, 128: 8257536}, needed=102400)",
]
FOLDED = "details:has(summary:text-is('The same as a table'))"
PLOT_ROWS = "details => [...details.querySelectorAll('tr')].map(row => [...row.cells].map(cell => cell.textContent))"


def prove_tables(page):
    """Both plots of PLOTS are seen, and each unfolds by keys to the table of the same facts."""
    assert page.locator(f".jp-OutputArea {FOLDED}").count() == 2
    images = page.locator(".jp-OutputArea img")
    assert [image.evaluate("image => image.naturalWidth") for image in images.all()] == [700, 700]
    growth, blowup = page.locator(f".jp-OutputArea {FOLDED}").all()
    assert not growth.locator("table").is_visible()
    growth.locator("summary").press("Enter")
    assert growth.get_by_role("table").is_visible()
    assert growth.get_by_role("columnheader").all_inner_texts() == ["heap calls", "bytes, mapped", "bytes, resident"]
    assert growth.evaluate(PLOT_ROWS)[1:] == [["1", "65,536", "4,096"], ["2", "131,072", "8,192"]]
    assert "resident: 4,096 bytes at first" in growth.locator("p").inner_text()
    assert blowup.evaluate(PLOT_ROWS)[1:] == [
        ["2", "131,072", "102,400", "1.3"],
        ["128", "8,257,536", "102,400", "80.6"],
    ]


def test_a_plot_has_its_table_trusted_or_not(lab, axe):
    lab.run("plots.ipynb", PLOTS)
    prove_tables(lab.page)
    assert axe(lab.page, ".jp-OutputArea-output details") == []
    notebook = saved(lab, "plots.ipynb")
    for cell in notebook.cells:
        cell.metadata.pop("trusted", None)
    notebook.cells[0].source += "\n# a clone"
    nbformat.write(notebook, lab.server.root / "plots-clone.ipynb")
    lab.open("plots-clone.ipynb")
    lab.page.locator(f".jp-OutputArea {FOLDED}").nth(1).wait_for()
    prove_tables(lab.page)


def test_a_page_that_nbconvert_makes_has_the_tables_of_plots(lab, open_page):
    from nbconvert import HTMLExporter

    lab.run("plots-convert.ipynb", PLOTS)
    exporter = HTMLExporter(require_js_url="", mathjax_url="", mermaid_js_url="", jupyter_widgets_base_url="")
    html, _ = exporter.from_notebook_node(saved(lab, "plots-convert.ipynb"))
    prove_tables(open_page(html.replace("</body>", '<p role="alert">the end</p></body>')))
