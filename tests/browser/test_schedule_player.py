"""SchedulePlayer in JupyterLab, where the reader moves the threads; and on a page, where the run is gone through."""

from refalloc.pictures.schedule_player import SchedulePlayer
from refalloc.schedule import explore

PLAY = """
from refalloc.pictures.schedule_player import SchedulePlayer
def pair(thread):
    thread.free(thread.alloc(24))
player = SchedulePlayer([pair, pair])
player
"""


def test_the_reader_is_the_scheduler(lab):
    page = lab.run("player.ipynb", [PLAY])
    steps = page.locator(".rf-steps tbody tr")
    for number, thread in enumerate((0, 1, 0, 1), 1):
        page.get_by_role("button", name=f"Move T{thread}").click()
        steps.nth(number - 1).wait_for()
    assert "finds lane 0 taken" in steps.last.inner_text()
    assert "next: tries lane 1" in page.get_by_role("region", name="T1").inner_text()
    page.get_by_role("button", name="keep as a branch").click()
    page.get_by_role("button", name="branch 1: 4 steps").wait_for()
    page.get_by_role("button", name="back").click()
    page.wait_for_function("() => document.querySelectorAll('.rf-steps tbody tr').length === 3")
    page.get_by_role("button", name="branch 1: 4 steps").click()
    steps.nth(3).wait_for()
    assert lab.in_kernel("print(player.schedule)").strip() == "[0, 1, 0, 1]"


def test_a_thread_that_cannot_move_has_no_button_to_press(lab):
    page = lab.run("ended.ipynb", [PLAY])
    move = page.get_by_role("button", name="Move T0")
    while move.is_enabled():
        count = page.locator(".rf-steps tbody tr").count()
        move.click()
        page.wait_for_function("n => document.querySelectorAll('.rf-steps tbody tr').length > n", arg=count)
    assert "has ended" in page.get_by_role("region", name="T0").inner_text()


def unlocked(thread):
    lane = thread.heap.lanes[0]
    lane.frees[1] = lane.frees[1]


OPENED = """
from refalloc.pictures.schedule_player import SchedulePlayer
from refalloc.schedule import explore
def unlocked(thread):
    lane = thread.heap.lanes[0]
    lane.frees[1] = lane.frees[1]
player = SchedulePlayer(explore([unlocked, unlocked]))
player
"""


def go_through(page, player):
    """Back to the start and forward again, over steps that were never made here; each board is Python's."""
    steps = page.locator(".rf-steps tbody tr")
    player.back(len(player.schedule))
    page.get_by_role("button", name="to the start").click()
    for thread in (*player.schedule_to_go, None):
        steps.nth(len(player.schedule)).wait_for(state="detached")
        assert page.locator(".rf-told .rf-step").inner_text() == player.facts()["state"]
        for column in player._board["threads"]:
            assert column["source"] in page.get_by_role("region", name=column["name"]).inner_text()
        if thread is not None:
            player.step(thread)
            page.get_by_role("button", name="forward").click()
            steps.nth(len(player.schedule) - 1).wait_for()
    assert page.get_by_role("button", name="forward").is_disabled()


def test_a_failing_schedule_opens_at_its_end_and_goes_back_and_forward(lab):
    page = lab.run("opened.ipynb", [OPENED])
    page.get_by_text("data race: T1 reads frees[1] of lane 0").first.wait_for()
    player = SchedulePlayer(explore([unlocked, unlocked]))
    player.schedule_to_go = player.schedule
    go_through(page, player)
    player.close()
    assert lab.in_kernel("print(player.schedule)").strip() == "[0, 1]"


def test_a_page_of_its_own_goes_through_the_run(open_page):
    player = SchedulePlayer(explore([unlocked, unlocked]))
    page = open_page(player.to_html())
    assert page.get_by_role("button", name="Move T0").is_disabled()
    player.schedule_to_go = player.schedule
    go_through(page, player)
    player.close()


def test_without_its_kernel_what_was_seen_is_still_there(lab):
    page = lab.run("dead-player.ipynb", [PLAY])
    steps = page.locator(".rf-steps tbody tr")
    for count, thread in enumerate((0, 1, 0)):
        page.get_by_role("button", name=f"Move T{thread}").click()
        steps.nth(count).wait_for()
    lab.kill_kernel()
    page.get_by_role("button", name="Move T1").click()
    page.get_by_text("No word from the kernel").wait_for()
    assert page.get_by_role("button", name="Move T1").is_disabled()
    page.get_by_role("button", name="back").click()
    steps.nth(2).wait_for(state="detached")
    page.get_by_role("button", name="forward").click()
    steps.nth(2).wait_for()
    assert "next: tries lane 0" in page.get_by_role("region", name="T1").inner_text()
    lab.errors.clear()  # the widget library says that nobody listens
