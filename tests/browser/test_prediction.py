"""Prediction in JupyterLab: guessed by keyboard and by mouse, and still there after the kernel is gone."""

import pytest

SET_UP = "import os; os.chdir({!r})\nfrom refalloc.lab import predict"
NUMBER = "distance = predict('00 distance', 'How far?', unit='bytes')\ndistance"
CHOICE = "place = predict('00 place', 'Where does it lie?', ['in its old slot', 'elsewhere', 'nowhere'])\nplace"


@pytest.fixture
def ask(lab, course):
    """ask(name, cell): a page that shows the question of a cell, in a course of its own."""
    return lambda name, cell: lab.run(name, [SET_UP.format(str(course.root / "notebooks")), cell])


def state(page):
    return page.get_by_role("status")


def wait_for_guess(lab, variable, guess):
    """A widget sends one message at a time, so the kernel may hear of a guess after the page shows it."""
    for _ in range(100):
        if lab.in_kernel(f"print({variable}.guess)").strip() == guess:
            return
    pytest.fail(f"the kernel has not heard of the guess {guess}")


def test_a_number_is_typed_and_kept_and_changed_by_keyboard(lab, ask):
    page = ask("number.ipynb", NUMBER)
    page.get_by_role("spinbutton", name="Your guess").focus()
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    state(page).filter(has_text="Your guess: 100 bytes.").wait_for()
    assert not page.get_by_role("spinbutton").is_enabled()
    page.keyboard.press("Enter")  # the button to change it has the focus
    page.keyboard.press("Control+a")
    page.keyboard.type("120")
    page.keyboard.press("Enter")
    state(page).filter(has_text="Your guess: 120 bytes.").wait_for()
    wait_for_guess(lab, "distance", "120")
    assert lab.in_kernel("print(distance.result(128))").splitlines()[0] == "your guess: 120 bytes"
    state(page).filter(has_text="Your guess: 120 bytes. Measured: 128 bytes.").wait_for()
    assert page.get_by_role("button", name="Change it").count() == 0


def test_a_guess_is_there_after_a_restart(lab, ask):
    page = ask("kept.ipynb", CHOICE)
    page.get_by_label("elsewhere").check()
    page.get_by_role("button", name="Keep my guess").click()
    state(page).filter(has_text="Your guess: elsewhere.").wait_for()
    wait_for_guess(lab, "place", "elsewhere")
    page = ask("again.ipynb", CHOICE)  # with a kernel of its own
    assert state(page).inner_text() == "Your guess: elsewhere."
    assert page.get_by_label("elsewhere").is_checked()


def test_a_choice_is_made_by_arrows(lab, ask):
    page = ask("arrows.ipynb", CHOICE)
    page.get_by_label("in its old slot").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    state(page).filter(has_text="Your guess: nowhere.").wait_for()
    wait_for_guess(lab, "place", "nowhere")


def test_nothing_is_kept_before_something_is_chosen(lab, ask):
    page = ask("empty.ipynb", CHOICE)
    page.get_by_role("button", name="Keep my guess").click()
    assert state(page).inner_text() == "No guess yet."
    assert lab.in_kernel("print(place.guess)").strip() == "None"


def test_it_follows_the_theme(lab, ask, axe):
    page = ask("dark.ipynb", CHOICE)
    lab.theme("Dark")
    page.locator(".rf-predict[data-theme=dark]").wait_for()
    assert axe(page) == []
    lab.theme("Light")
    page.locator(".rf-predict[data-theme=light]").wait_for()
    assert axe(page) == []
