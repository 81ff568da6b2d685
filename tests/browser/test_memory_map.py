"""MemoryMap as a reader meets it: in JupyterLab, and on a page of its own."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from recordings import million_events, random_recording

from refalloc.pictures.memory_map import MemoryMap
from refalloc.pictures.still import slab_image
from refalloc.trace import Kind

RECORD = """
from refalloc import allocator
from refalloc.heap import Heap
from refalloc.trace import EventLog, record
from refalloc.pictures.memory_map import MemoryMap
heap, log = Heap(lane_count=2, arena_len=1 << 26), EventLog()
undo = record(heap, log)
blocks = [allocator.alloc(heap, 100, 3) for _ in range(3)]
allocator.free(heap, blocks[1], 100, 3)
allocator.free(heap, blocks[0], 100, 3)
blocks[0] = allocator.alloc(heap, 120, 3)
blocks[1] = allocator.alloc(heap, 128, 3)
undo()
view = MemoryMap(log.recording())
view
"""
TABLE_TEXT = """root => Object.fromEntries([...root.querySelectorAll(".rf-tables table")].map(table => [
  table.caption.textContent,
  { columns: [...table.tHead.rows[0].cells].map(c => c.textContent),
    rows: [...table.tBodies[0].rows].map(row => [...row.cells].map(c => c.textContent)) }]))"""

CANVASES = "() => ['.rf-slab', '.rf-heap'].map(name => document.querySelector(name).toDataURL())"
# The slots as they were painted last, before the arrows and marks over them.
KEEP_PAINTING = """() => { const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (image, ...place) {
    if (this.canvas.className === "rf-slab") window.painting = image;
    put.call(this, image, ...place);
  }; }"""
PAINTING = """() => { const canvas = new OffscreenCanvas(painting.width, painting.height);
  canvas.getContext("2d").putImageData(painting, 0, 0);
  return canvas.convertToBlob().then(blob => blob.arrayBuffer()).then(buffer => new Uint8Array(buffer).toBase64()); }"""


def set_event(page, n):
    """Type an event number, as a reader would, and wait until it is shown."""
    box = page.get_by_label("event", exact=False).and_(page.locator("input[type=number]")).first
    box.fill(str(n))
    box.press("Enter")
    page.wait_for_function("n => document.querySelector('.rf-step').textContent.startsWith(`Event ${n}`)", arg=f"{n:,}")


@pytest.fixture(scope="module")
def recording():
    return random_recording(5)


def test_a_reader_finds_why_the_fifth_alloc_got_its_address(lab):
    page = lab.run("why.ipynb", [RECORD])
    page.get_by_label("alloc").fill("5")
    page.get_by_label("alloc").press("Enter")
    page.wait_for_function("() => document.querySelector('.rf-step').textContent.includes('alloc 5')")
    assert "Thread 0 gets slab 0 + 0x80 from alloc(128)" in page.locator(".rf-step").inner_text()
    assert page.locator(".rf-why").inner_text() == (
        "128 bytes at an alignment of 8 need a slot of class 4, 128 bytes. "
        "The thread took lane 1, where its thread_index stood. The free list of lane 1 began with this slot, "
        "the last one freed into it."
    )
    assert "Slot 1 of slab 0" in page.locator(".rf-detail").inner_text()


def test_one_gesture_is_one_message_to_the_kernel(lab):
    page = lab.run("messages.ipynb", [RECORD])
    slider = page.get_by_role("slider", name="event")
    lab.in_kernel("seen = []; view.observe(seen.append, 'event')")
    lab.comm_messages = 0
    slider.focus()
    for _ in range(20):
        slider.press("ArrowLeft")
    while lab.in_kernel("print(len(seen))").strip() == "0":
        pass  # the message is on its way; the test's own time limit ends this
    assert lab.comm_messages == 1
    last = int(slider.get_attribute("max"))
    assert lab.in_kernel("print(view.event)").strip() == str(last - 20)


def test_python_moves_the_picture(lab):
    page = lab.run("python.ipynb", [RECORD])
    lab.in_kernel("view.event = 14")
    page.wait_for_function("() => document.querySelector('.rf-step').textContent.startsWith('Event 14')")


def test_the_picture_outlives_its_kernel(lab):
    page = lab.run("dead.ipynb", [RECORD])
    lab.kill_kernel()
    slider = page.get_by_role("slider", name="event")
    slider.press("Home")
    page.wait_for_function("() => document.querySelector('.rf-step').textContent.startsWith('Event 0')")
    with page.expect_console_message(lambda message: "Could not send widget sync message" in message.text):
        page.get_by_role("button", name="on to the end of the next call").click()
        page.wait_for_function("() => document.querySelector('.rf-step').textContent.includes('alloc 1')")
    lab.errors.clear()  # the widget library says that nobody listens; the picture goes on


def test_keys_in_the_picture_do_not_reach_the_notebook(lab):
    page = lab.run("keys.ipynb", [RECORD])
    canvas = page.get_by_role("application", name="slots of the slab")
    canvas.focus()
    for key in ("d", "d", "h", "n", "ArrowRight", "+", "+", "-", "Home", "]", ","):
        canvas.press(key)
    assert len(lab.outputs()) == 1, "d pressed twice deleted the cell"
    assert "Slot 0" in page.locator(".rf-detail").inner_text()


def test_dark_and_light_follow_the_lab(lab):
    page = lab.run("theme.ipynb", [RECORD])
    colours = []
    for theme in ("Dark", "Light"):
        lab.theme(theme)
        page.wait_for_selector(f".refalloc[data-theme={theme.lower()}]")
        colours.append(page.evaluate("() => getComputedStyle(document.querySelector('.refalloc')).backgroundColor"))
    assert colours == ["rgb(17, 22, 28)", "rgb(255, 255, 255)"]


def test_a_page_from_a_file_says_what_python_says(open_page, recording):
    picture = MemoryMap(recording)
    page = open_page(picture.to_html())
    page.get_by_text("The same as tables").click()
    returns = (recording.events["kind"] == Kind.RETURN_ALLOC).nonzero()[0]
    for n in (int(returns[7]), int(returns[-1]), 600, 40):
        picture.event = n
        set_event(page, n)
        facts = picture.facts()
        assert page.locator(".rf-step").inner_text() == facts["step"]
        assert page.locator(".rf-why").inner_text() == facts["why"]
        assert page.locator(".rf-head .rf-faint").inner_text() == facts["summary"]
        tables = page.locator(".refalloc").evaluate(TABLE_TEXT)
        for name in ("Slabs", "Free list", "Lanes and threads", "Large maps"):
            assert tables[name] == {"columns": facts[name].columns, "rows": facts[name].rows}, (n, name)


def test_a_slot_is_told_under_the_pointer_and_by_keys(open_page, recording):
    page = open_page(MemoryMap(recording, event=400).to_html())
    canvas = page.get_by_role("application", name="slots of the slab")
    canvas.hover(position={"x": 5, "y": 5})
    assert page.locator(".rf-detail").inner_text().startswith("Slot 0 of slab")
    canvas.focus()
    canvas.press("End")
    assert "never handed out" in page.locator(".rf-detail").inner_text()
    before = page.locator(".rf-bar .rf-faint").last.inner_text()
    canvas.press("+")
    assert page.locator(".rf-bar .rf-faint").last.inner_text() != before


def test_keys_work_wherever_the_focus_is_but_where_they_are_typed(open_page, recording):
    page = open_page(MemoryMap(recording, event=400).to_html())
    page.get_by_role("slider", name="event").press(".")
    page.wait_for_function("() => document.querySelector('.rf-step').textContent.startsWith('Event 401.')")
    page.get_by_role("region", name="all slabs").press(",")
    page.wait_for_function("() => document.querySelector('.rf-step').textContent.startsWith('Event 400')")
    zoom = page.locator(".rf-bar .rf-faint").last
    before = zoom.inner_text()
    page.get_by_role("button", name="zoom out").press("+")
    assert zoom.inner_text() != before
    box = page.locator("input[type=number]").first
    box.press("-")
    assert zoom.inner_text() != before, "a sign typed into a number zoomed the map"


@pytest.mark.parametrize("colour_by", ["state", "lane", "thread", "age"])
def test_a_moment_looks_the_same_however_one_came_to_it(open_page, recording, colour_by):
    numbers = [*range(395, 405), 900, 120, 880, 399, 700]
    way = open_page(MemoryMap(recording, event=100, colour_by=colour_by).to_html())
    for n in numbers:
        set_event(way, n)
    straight = open_page(MemoryMap(recording, event=numbers[-1], colour_by=colour_by).to_html())
    assert way.evaluate(CANVASES) == straight.evaluate(CANVASES)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_slot_has_the_pixels_of_the_still(open_page, recording, theme):
    picture = MemoryMap(recording, event=900)
    page = open_page(picture.to_html(), color_scheme=theme)
    page.add_style_tag(content=".refalloc .rf-slab { width: 1026px; }")  # 1024 without the border: a byte is a pixel
    page.wait_for_function("() => document.querySelector('.rf-slab').width === 1024")
    page.evaluate(KEEP_PAINTING)
    moment = picture.moment()
    choice = page.get_by_role("combobox", name="slab")
    for slab, slots in zip(moment.slabs, moment.slots, strict=True):
        choice.select_option(str(slab.addr))
        number = moment.number(slab)
        page.wait_for_function(
            "n => document.querySelector('.rf-main h3').textContent.startsWith(`Slab ${n},`)", arg=number
        )
        drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(page.evaluate(PAINTING)))).convert("RGB"))
        still = np.asarray(slab_image(theme, slots, moment.slot_size(slab), slab.length, 1024, 448))
        assert (drawn == still).all(), f"slab {number} of class {slab.size_class}"


def test_the_states_differ_in_the_pixels_of_the_slab(open_page, recording):
    page = open_page(MemoryMap(recording, event=400).to_html())
    pixels = page.evaluate(
        """() => { const c = document.querySelector(".rf-slab");
          const d = c.getContext("2d").getImageData(0, 0, c.width, 8).data; const seen = new Set();
          for (let i = 0; i < d.length; i += 4) seen.add(`${d[i]},${d[i + 1]},${d[i + 2]}`); return [...seen]; }"""
    )
    assert {"240,180,41", "122,79,0"} <= set(pixels), "free slots have a colour and a texture"


def test_damage_on_the_way_is_told(open_page, recording):
    picture = MemoryMap(recording)
    picture._packed = picture._packed[:200]
    page = open_page(picture.to_html())
    assert "The picture cannot be drawn: the recording arrived damaged" in page.get_by_role("alert").inner_text()


def test_a_million_events_stay_usable(open_page):
    picture = MemoryMap(million_events(), event=0)
    page = open_page(picture.to_html())
    for n in (999_999, 3, 500_000):
        set_event(page, n)
