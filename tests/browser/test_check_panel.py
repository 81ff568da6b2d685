"""CheckPanel in JupyterLab, over a course of its own: the reader saves the file, and the rows change."""

RIGHT = "def waste(asked_len, given_len):\n    return given_len - asked_len\n"


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


def test_hints_unfold_and_the_file_is_a_link(lab, course):
    page = lab.run("hints.ipynb", cells(course))
    page.get_by_role("button", name="Hint").click()
    page.get_by_role("button", name="Next hint (1 of 3 shown)").wait_for()
    exercise = course.exercise("00.1")
    link = page.get_by_role("link", name=exercise.file.name)
    assert exercise.file.relative_to(course.root).as_posix() in link.get_attribute("data-commandlinker-args")
    lab.in_kernel("panel.close()")
