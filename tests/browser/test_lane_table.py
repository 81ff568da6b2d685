"""LaneTable in a browser: tokens that move as the recording plays, and what the lanes cannot show."""

import pytest
from recordings import million_events, random_recording

from refalloc.pictures.lane_table import LaneTable
from refalloc.trace import Kind

PLACES = """() => Object.fromEntries([...document.querySelectorAll(".rf-token")].map(token =>
  [token.textContent, token.style.transform]))"""
CUT = """() => [...document.querySelectorAll(".rf-word")]
  .filter(word => word.scrollWidth > word.clientWidth).map(word => word.textContent)"""


@pytest.fixture(scope="module")
def recording():
    return random_recording(5)


def changed(recording, kind, value):
    """The recording, with the last event of `kind` saying `value`; and the number of that event."""
    events = recording.events.copy()
    number = int((events["kind"] == kind).nonzero()[0][-1])
    events["value"][number] = value
    return recording._replace(events=events), number


@pytest.mark.parametrize("width", [640, 800, 1280, 1600])
def test_no_word_of_a_lane_is_cut(open_page, recording, width):
    page = open_page(LaneTable(recording).to_html(), viewport={"width": width, "height": 900})
    assert page.locator(".rf-word.rf-set").count() > 10
    assert page.evaluate(CUT) == []


def test_tokens_move_as_the_recording_plays(open_page, recording):
    picture = LaneTable(recording, event=0)
    page = open_page(picture.to_html())
    before = page.evaluate(PLACES)
    page.get_by_role("button", name="play the recording").click()
    page.wait_for_function(f"before => JSON.stringify(({PLACES})()) !== JSON.stringify(before)", arg=before)
    page.get_by_role("button", name="pause").click()


@pytest.mark.parametrize(("motion", "seconds"), [("reduce", "0s"), ("no-preference", "0.2s")])
def test_tokens_glide_unless_the_reader_wants_less_motion(open_page, recording, motion, seconds):
    page = open_page(LaneTable(recording).to_html())
    page.emulate_media(reduced_motion=motion)
    token = page.locator(".rf-token").first
    assert token.evaluate("token => getComputedStyle(token).transitionDuration") == seconds


def test_a_token_is_filled_and_its_lock_named_while_its_thread_holds_a_lane(open_page, recording):
    events = recording.events
    takes = int(((events["kind"] == Kind.TRY_LOCK) & (events["value"] != 0)).nonzero()[0][20])
    page = open_page(LaneTable(recording, event=takes).to_html())
    thread, lane = int(events["thread"][takes]), int(events["lane"][takes])
    assert page.locator(".rf-token.rf-holds").get_by_text(f"T{thread}", exact=True).count() == 1
    assert f"lock: held by T{thread}" in page.get_by_role("region", name=f"lane {lane}").inner_text()
    page.get_by_role("button", name="one step back").click()
    page.get_by_role("region", name=f"lane {lane}").get_by_text("lock: free").wait_for()


def test_a_thread_whose_index_leads_to_no_lane_has_no_token_and_is_told(open_page, recording):
    lost, number = changed(recording, Kind.SET_THREAD_INDEX, 77)
    picture = LaneTable(lost, event=number)
    thread = int(lost.events["thread"][number])
    said = f"Thread {thread} stands at no lane: its thread_index is 77, and the last lane is 2."
    assert picture.facts()["notes"] == said
    page = open_page(picture.to_html())
    assert said in page.locator(".refalloc").inner_text()
    assert not page.locator(".rf-token", has_text=f"T{thread}").is_visible()


def test_lanes_that_nobody_uses_are_counted_and_not_drawn(open_page):
    recording = random_recording(1, calls=20, lane_count=3)
    events = recording.events.copy()
    events["value"][0] = 64  # lanes
    picture = LaneTable(recording._replace(events=events))
    assert picture.facts()["notes"] == "Not drawn, as no event is about them: 61 of 64 lanes."
    page = open_page(picture.to_html())
    assert page.locator(".rf-lane").count() == 3
    assert picture.facts()["notes"] in page.locator(".refalloc").inner_text()


def test_a_million_events_are_told_as_python_tells_them(open_page):
    picture = LaneTable(million_events(), event=0)
    page = open_page(picture.to_html())
    box = page.get_by_label("event", exact=False).and_(page.locator("input[type=number]")).first
    for n in (999_999, 3, 500_000):
        box.fill(str(n))
        box.press("Enter")
        page.wait_for_function(
            "n => document.querySelector('.rf-step').textContent.startsWith(`Event ${n}`)", arg=f"{n:,}"
        )
        picture.event = n
        told = page.locator(".refalloc").inner_text()
        assert picture.facts()["step"] in told
        assert picture.facts()["why"] in told
        locked = [row[0] for row in picture.facts()["Lanes and threads"].rows if row[1]]
        drawn = page.locator(".rf-lane.rf-locked").evaluate_all("lanes => lanes.map(lane => lane.ariaLabel)")
        assert drawn == [f"lane {lane}" for lane in locked]
