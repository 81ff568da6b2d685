"""SchedulePlayer in JupyterLab: the reader moves the threads."""

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
