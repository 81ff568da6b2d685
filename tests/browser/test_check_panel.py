"""CheckPanel in JupyterLab, over a course of its own: the reader saves the file, and the rows change."""

import shutil

import pytest

from refalloc.course.index import load_course

RIGHT = "def waste(asked_len, given_len):\n    return given_len - asked_len\n"

LIVE = """
import os
from refalloc.pictures.check_panel import CheckPanel
os.mkfifo("go-on")
is_first = True
def run(on_test):
    global is_first
    row = {"outcome": "correct", "points": 1, "max_points": 1, "message": "", "lines": []}
    tests = [{**row, "name": f"test {number}"} for number in range(3)]
    for test in tests[:2]:
        on_test(test)
    if not is_first:
        open("go-on").close()  # waits until the test opens the other end
    is_first = False
    return {**row, "points": 3, "max_points": 3, "printed": "", "tests": tests}
panel = CheckPanel({"id": "00.1", "title": "Live", "file": "answer.py", "link": ""}, run)
panel.check()
panel
"""


def cells(course):
    here = str(course.root / "notebooks")
    return [
        f"import os; os.chdir({here!r})\nfrom refalloc.lab import check_panel, progress_panel",
        "panel = check_panel('00.1')\npanel",
        "progress_panel()",
    ]


def test_saving_the_file_turns_the_panel_green(lab, course):
    page = lab.run("panel.ipynb", cells(course))
    outcome = page.get_by_role("status").first
    assert "not attempted" in outcome.inner_text()
    assert f"0 of {len(course.exercises)} exercises passed" in page.locator(".refalloc").last.inner_text()
    course.exercise("00.1").file.write_text(RIGHT)
    page.locator(".rf-check[data-outcome=correct]").wait_for()
    assert outcome.inner_text().startswith("correct")
    assert page.get_by_role("row", name="incorrect").count() == 0
    lab.in_kernel("panel.close()")


def test_hints_unfold(lab, course):
    page = lab.run("hints.ipynb", cells(course))
    page.get_by_role("button", name="Hint").click()
    page.get_by_role("button", name="Next hint (1 of 3 shown)").press("Enter")
    page.get_by_role("button", name="Next hint (2 of 3 shown)").wait_for()
    assert page.locator(".rf-check ol li").count() == 2
    lab.in_kernel("panel.close()")


@pytest.fixture
def linked(lab, course):
    """A course below the lab's root, in a folder whose name has to be quoted in an address."""
    folder = lab.server.root / "a course"
    shutil.copytree(course.root, folder)
    yield load_course(folder)
    shutil.rmtree(folder)


def test_the_file_is_a_link_that_opens_it_and_saving_it_checks_again(lab, linked):
    page = lab.run("link.ipynb", cells(linked))
    file = linked.exercise("00.1").file
    page.get_by_role("link", name=file.name).click()
    path = file.relative_to(lab.server.root).as_posix()
    page.wait_for_function("path => window.jupyterapp.shell.currentWidget?.context?.path === path", arg=path)
    page.locator(".jp-FileEditor:not(.lm-mod-hidden) .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(RIGHT)
    page.keyboard.press("Control+s")
    panel = page.locator(".rf-check[data-outcome=correct]")
    panel.wait_for(state="attached")  # behind the editor
    page.evaluate(
        "path => window.jupyterapp.commands.execute('docmanager:open', { path }).then(() => true)", "link.ipynb"
    )
    panel.wait_for()
    assert panel.get_by_role("status").inner_text().startswith("correct")
    lab.in_kernel("panel.close()")


def test_a_file_that_the_lab_cannot_reach_is_told_by_its_path(lab, course):
    page = lab.run("outside.ipynb", cells(course))
    file = course.exercise("00.1").file
    assert page.locator(".rf-check .rf-head code").inner_text() == file.relative_to(course.root).as_posix()
    assert page.locator(".rf-check").get_by_role("link").count() == 0
    lab.in_kernel("panel.close()")


def test_rows_appear_while_tests_run(lab):
    page = lab.run("live.ipynb", [LIVE])
    panel = page.locator(".rf-check")
    assert panel.get_by_role("status").inner_text() == "correct, 3 of 3 points"
    panel.get_by_role("button", name="Check again").click()
    panel.get_by_text("checking: 2 tests so far").wait_for()
    assert panel.locator("tbody tr").count() == 2
    assert panel.get_by_role("button", name="Check again").is_disabled()
    (lab.server.root / "go-on").open("w").close()
    panel.get_by_text("correct, 3 of 3 points").wait_for()


def test_a_press_that_nobody_hears_says_so(lab, course):
    page = lab.run("silent.ipynb", cells(course))
    panel = page.locator(".rf-check")
    lab.kill_kernel()
    panel.get_by_role("button", name="Check again").click()
    panel.get_by_text("No word from the kernel").wait_for()
    lab.errors.clear()  # the widget library says that nobody listens
