"""Lessons in JupyterLab, as a learner has them: all cells run, and each widget is used, by mouse and by keyboard."""

import shutil

import pytest
from lessons import COURSE, ROOT

from refalloc.course.stubs import stub_text
from refalloc.pictures.size_classes import SizeClasses

CELL = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-cell"


class OpenLesson:
    """A lesson in the lab. Attributes: page; folder: Path of its course."""

    def __init__(self, lab, folder, lesson):
        self.lab, self.page, self.folder = lab, lab.page, folder
        self.path = lesson.notebook.relative_to(ROOT)
        lab.open(f"{folder.name}/{self.path}")

    def cell(self, cell_id):
        """The cell with that id, scrolled to and drawn: a Locator."""
        number = self.number(cell_id)
        self.page.evaluate(
            "number => { const { content } = window.jupyterapp.shell.currentWidget; content.activeCellIndex = number;"
            " return content.scrollToItem(number).then(() => true); }",
            number,
        )
        return self.page.locator(f"{CELL}[data-windowed-list-index='{number}']")

    def number(self, cell_id):
        return self.page.evaluate(
            "id => window.jupyterapp.shell.currentWidget.context.model.toJSON().cells.findIndex(c => c.id === id)",
            cell_id,
        )

    def run(self, *cell_ids):
        """Run these cells, and no others."""
        for cell_id in cell_ids:
            self.lab.run_cell(self.number(cell_id))

    def said(self, cell_id):
        """What the cell printed."""
        return "".join(output["text"] for output in self.lab.outputs()[self.number(cell_id)] if "text" in output)


@pytest.fixture
def open_lesson(lab):
    """open_lesson("06"): an OpenLesson, in a course that nobody has begun."""

    def open_lesson(lesson_id):
        folder = lab.server.root / f"course-{lesson_id}"
        for name in ("exercises", "notebooks", "tests/solutions"):
            shutil.copytree(ROOT / name, folder / name)
        for exercise in COURSE.exercises:
            (folder / "exercises" / exercise.stub).write_text(stub_text(exercise))
        (lesson,) = [lesson for lesson in COURSE.lessons if lesson.id == lesson_id]
        return OpenLesson(lab, folder, lesson)

    return open_lesson


def test_a_guess_and_a_panel_in_lesson_00(open_lesson):
    lesson = open_lesson("00")
    lesson.run("imports", "guess")
    guess = lesson.cell("guess")
    guess.get_by_role("spinbutton").click()
    lesson.page.keyboard.type("100")
    lesson.page.keyboard.press("Enter")
    guess.get_by_role("status").filter(has_text="Your guess: 100 bytes.").wait_for()
    lesson.lab.run_all()
    assert lesson.said("measure").startswith("your guess: 100 bytes\nmeasured:   128 bytes\n")

    panel = lesson.cell("panel")
    panel.get_by_role("button", name="Hint").focus()
    lesson.page.keyboard.press("Enter")
    panel.get_by_role("button", name="Next hint (2 of 3 shown)").wait_for()  # hint() showed one
    (lesson.folder / "exercises/00_start/exercise_1.py").write_text(COURSE.exercise("00.1").solution.read_text())
    panel.locator(".rf-check[data-outcome=correct]").wait_for()
    panel.get_by_role("button", name="Check again").click()
    panel.locator(".rf-check[data-outcome=correct]").wait_for()


def test_the_size_classes_of_lesson_04(open_lesson):
    lesson = open_lesson("04")
    lesson.lab.run_all()
    cell = lesson.cell("class-of-100")
    cell.get_by_role("slider").first.press("End")
    cell.get_by_text(SizeClasses(1 << 17, 4).text()).wait_for()
    cell.get_by_role("spinbutton").fill("129")
    cell.get_by_text(SizeClasses(129, 4).text()).wait_for()
    cell.get_by_role("slider", name="alignment in bytes").press("PageUp")
    align_log2 = int(cell.get_by_role("slider", name="alignment in bytes").input_value())
    assert align_log2 > 4
    cell.get_by_text(SizeClasses(129, align_log2).text()).wait_for()


def test_the_heap_of_lesson_05(open_lesson):
    lesson = open_lesson("05")
    lesson.lab.run_all()
    cell = lesson.cell("map")
    slider = cell.get_by_role("slider").first
    slider.press("Home")
    cell.get_by_text("Before the first event").or_(cell.get_by_text("Event 0.")).first.wait_for()
    slider.press("End")
    cell.get_by_text("began with this slot, the last one freed into it").wait_for()
    cell.locator("canvas.rf-slab").click(position={"x": 100, "y": 440})  # the last slot of the slab
    cell.get_by_text("Slot 15 of slab 0").wait_for()


def test_the_slab_of_lesson_06_that_is_off_its_place(open_lesson):
    lesson = open_lesson("06")
    lesson.run("imports", "surprise-predict")
    guess = lesson.cell("surprise-predict")
    guess.get_by_label("memory lost").check()
    guess.get_by_role("button", name="Keep my guess").click()
    guess.get_by_role("status").filter(has_text="Your guess: memory lost.").wait_for()
    lesson.lab.run_all()
    assert "your guess: memory lost\nmeasured:   past the end!\n" in lesson.said("surprise")

    cell = lesson.cell("surprise-picture")
    cell.get_by_text("next_addr never is a multiple at its end").wait_for()
    cell.get_by_role("combobox").select_option(label="12: 32,768 bytes")
    slider = cell.get_by_role("slider")
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    while slider.input_value() != "8":
        slider.press("ArrowRight" if int(slider.input_value()) < 8 else "ArrowLeft")
    cell.get_by_text("32,768 bytes are lost").wait_for()


def test_the_reader_schedules_the_threads_of_lesson_08(open_lesson):
    lesson = open_lesson("08")
    lesson.lab.run_all()
    cell = lesson.cell("player")
    steps = cell.locator(".rf-steps tbody tr")

    def move(thread, by_mouse):
        count = steps.count()
        button = cell.get_by_role("button", name=f"Move T{thread}")
        button.click() if by_mouse else button.press("Enter")
        steps.nth(count).wait_for()

    for thread, by_mouse in ((0, True), (1, True), (0, False), (1, False), (0, True), (1, False)):
        move(thread, by_mouse)
    cell.get_by_text("wrong answer: both threads got the same slot").first.wait_for()
    cell.get_by_role("button", name="back").click()
    steps.nth(5).wait_for(state="detached")


def test_the_lanes_of_lesson_09(open_lesson):
    lesson = open_lesson("09")
    lesson.lab.run_all()
    cell = lesson.cell("slot-picture")
    slider = cell.get_by_role("slider").first
    slider.press("Home")
    cell.get_by_text("The heap has 2 lanes").wait_for()
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] - 2, "y": box["height"] / 2})
    cell.get_by_text("has freed slab 0 + 0x0, 64 bytes").wait_for()


def test_a_bold_term_leads_to_the_glossary(open_lesson):
    lesson = open_lesson("07")
    lesson.cell("question").get_by_role("link", name="large").click()
    lesson.lab.wait_for("course-07/notebooks/glossary.ipynb")
    assert lesson.lab.in_kernel("print(1)").strip() == "1"  # what the lab asks a new kernel is answered before it ends
    lesson.page.get_by_role("heading", name="large block").wait_for()
