"""Every picture, on a page of its own: it says what Python says, everyone can use it, and it fits."""

import pytest
from recordings import random_recording

from refalloc.pictures.check_panel import CheckPanel, Progress
from refalloc.pictures.lane_table import LaneTable
from refalloc.pictures.memory_map import MemoryMap
from refalloc.pictures.prediction import Prediction
from refalloc.pictures.schedule_player import SchedulePlayer
from refalloc.pictures.size_classes import SizeClasses
from refalloc.pictures.slab_ruler import SlabRuler
from refalloc.pictures.story import Table


def a_pair(thread):
    thread.free(thread.alloc(24))


def a_player():
    player = SchedulePlayer([a_pair, a_pair])
    for thread in (0, 1, 0, 1, 1):
        player.step(thread)
    player.branch()
    return player


def a_panel():
    tests = [
        {"name": "a length of 8 is class 0", "outcome": "correct", "points": 1, "max_points": 1},
        {"name": "a length of 9 is class 1", "outcome": "incorrect", "points": 0, "max_points": 2},
        {"name": "it is fast", "outcome": "not reached", "points": 0, "max_points": 1},
    ]
    tests = [{"message": "", "lines": [], **test} for test in tests]
    tests[1] |= {"message": "size_class(9) gave 0, expected 1", "lines": ["12 return length // 16"]}
    report = {"outcome": "incorrect", "points": 1, "max_points": 4, "message": "size_class(9) gave 0, expected 1"}
    report |= {"lines": ["12 return length // 16"], "printed": "hello", "tests": tests}
    exercise = {"id": "04.1", "title": "Size class", "file": "/course/exercise_1.py", "link": "exercise_1.py"}
    panel = CheckPanel(exercise, lambda on_test: report, lambda: ["Think of 2."], hint_count=3)
    panel.check()
    panel.hint()
    return panel


def a_course():
    def exercise(number, passed):
        state = {"passed": passed, "points": 3 if passed else 0, "max_points": 3, "hints": 1}
        return {"id": f"04.{number}", "title": "Size class", **state}

    lessons = [
        {"id": "00", "title": "Start", "exercises": []},
        {"id": "04", "title": "Size classes", "exercises": [exercise(n, n < 3) for n in range(1, 5)]},
    ]
    return Progress(lessons)


MAKERS = {
    "CheckPanel": a_panel,
    "Progress": a_course,
    "MemoryMap": lambda: MemoryMap(random_recording(5)),
    "LaneTable": lambda: LaneTable(random_recording(5), event=700),
    "SchedulePlayer": a_player,
    "Prediction": lambda: Prediction("How many bytes lie between the two?", unit="bytes"),
    "Prediction, choices": lambda: Prediction("Where does it lie?", ["in its old slot", "elsewhere"]),
    "Prediction, long choices": lambda: Prediction("Which word?", ["heap.load(addr)+" * 20, "none of them " * 30]),
    "SizeClasses": lambda: SizeClasses(300),
    "SlabRuler": lambda: SlabRuler(10, pages=3),
}
SIZES = [(800, 1), (1280, 2), (1600, 1)]  # width in pixels, zoom
TABLES = """() => Object.fromEntries([...document.querySelectorAll(".refalloc table")].filter(t => t.caption).map(t => [
  t.caption.textContent, [[...t.tHead.rows[0].cells].map(c => c.textContent),
    ...[...t.tBodies[0].rows].map(row => [...row.cells].map(c => c.textContent))]]))"""


@pytest.fixture(params=MAKERS)
def picture(request):
    return MAKERS[request.param]()


def unfold(page):
    for summary in page.locator(".refalloc summary").all():
        summary.click()


def test_the_page_says_what_python_says(open_page, picture):
    page = open_page(picture.to_html())
    unfold(page)
    told, tables = page.locator(".refalloc").inner_text(), page.evaluate(TABLES)
    for name, fact in picture.facts().items():
        if isinstance(fact, Table):
            assert tables[name] == [fact.columns, *fact.rows], name
        else:
            assert fact in told, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page, axe, picture, scheme):
    page = open_page(picture.to_html(), color_scheme=scheme)
    unfold(page)
    assert axe(page) == []


@pytest.mark.parametrize(("width", "zoom"), SIZES)
def test_nothing_runs_out_of_the_page(open_page, picture, width, zoom):
    # A zoom of 200 % is half as many CSS pixels, each twice as large.
    viewport = {"width": width // zoom, "height": 900 // zoom}
    page = open_page(picture.to_html(), viewport=viewport, device_scale_factor=zoom)
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_every_control_has_a_name_and_is_reached_by_tab(open_page, picture):
    page = open_page(picture.to_html())
    # Of a group of radio buttons, tab reaches one, and arrows the others.
    inputs = "input:not([type=radio]), label:first-of-type input[type=radio]"
    controls = page.locator(f".refalloc :is(button:enabled, {inputs}, select, canvas[tabindex], summary)")
    controls = controls.filter(visible=True)
    reached = []
    for _ in range(controls.count() * 2):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("() => [...document.querySelectorAll('.refalloc *')].indexOf(document.activeElement)")
        )
    missing = [
        control.evaluate("e => e.outerHTML")
        for control in controls.all()
        if control.evaluate("e => [...document.querySelectorAll('.refalloc *')].indexOf(e)") not in reached
    ]
    assert missing == []


def test_size_classes_follow_their_sliders(open_page):
    page = open_page(SizeClasses(300).to_html())
    page.get_by_role("slider", name="length in bytes").press("End")
    assert SizeClasses(1 << 17).text() in page.locator(".refalloc").inner_text()
    alignment = page.get_by_role("slider", name="alignment in bytes")
    alignment.press("ArrowRight")
    assert alignment.get_attribute("aria-valuetext") == "16 bytes"
    page.get_by_role("spinbutton").fill("20")
    assert SizeClasses(20, 4).text() in page.locator(".refalloc").inner_text()


def test_a_slab_off_its_place_shows_what_breaks(open_page):
    page = open_page(SlabRuler(12).to_html())
    slider = page.get_by_role("slider")
    slider.press("ArrowRight")
    assert "handed out from memory past the slab" in page.locator(".refalloc").inner_text()
    for _ in range(7):
        slider.press("ArrowRight")
    assert "32,768 bytes are lost" in page.locator(".refalloc").inner_text()


NEW_THEME = """async () => { const picture = document.querySelector(".refalloc");
  picture.style.display = "none";
  document.body.dataset.jpThemeLight = "false";
  await null; // the pictures are told
  picture.style.display = "";
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame); }"""
IMAGE = "() => document.querySelector('.rf-chart, .rf-ruler').toDataURL()"


@pytest.mark.parametrize("name", ["SizeClasses", "SlabRuler"])
def test_a_theme_that_comes_while_there_is_no_room_is_drawn_afterwards(open_page, name):
    html = MAKERS[name]().to_html()
    page = open_page(html)
    page.evaluate(NEW_THEME)
    assert page.locator(".refalloc").get_attribute("data-theme") == "dark"
    dark = open_page(html, color_scheme="dark")
    assert page.evaluate(IMAGE) == dark.evaluate(IMAGE)


def test_tokens_stand_at_the_lanes_of_their_threads(open_page):
    picture = LaneTable(random_recording(5), event=700)
    page = open_page(picture.to_html())
    found = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".rf-token")].map(token => {
          const middle = token.getBoundingClientRect().top + 10;
          const lane = [...document.querySelectorAll(".rf-lane")].findIndex(lane => {
            const box = lane.getBoundingClientRect(); return box.top <= middle && middle <= box.bottom; });
          return [token.textContent, lane]; }))"""
    )
    assert found == {f"T{thread}": lane for thread, lane in picture.moment().thread_indexes().items()}
