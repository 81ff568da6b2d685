"""Prediction: a guess is kept, shown beside the result, and cannot be mended once the result is known."""

import io
import json
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from traitlets import TraitError

from refalloc.pictures.prediction import Prediction

PLACES = ["in its old slot", "elsewhere"]


def test_a_guess_is_shown_beside_the_result():
    prediction = Prediction("How far?", unit="bytes").commit(100)
    assert prediction.result(128) == "your guess: 100 bytes\nmeasured:   128 bytes\nYou were 28 bytes too low."
    assert prediction.state() == "Your guess: 100 bytes. Measured: 128 bytes."


@pytest.mark.parametrize(
    ("guess", "value", "said"),
    [
        (128, 128, "You were right."),
        (1.5, 4 / 3, "You were 0.166667 too high."),
        (-1, 2, "You were 3 too low."),
        (0.1 + 0.2, 0.3, "You were right."),
    ],
)
def test_a_number_is_compared_with_the_result(guess, value, said):
    assert Prediction("How many?").commit(guess).result(value).splitlines()[-1] == said


def test_a_choice_is_compared_with_the_result():
    assert Prediction("Where?", PLACES).commit(PLACES[0]).result(PLACES[0]).endswith("You were right.")
    assert "something else" in Prediction("Where?", PLACES).commit(PLACES[0]).result(PLACES[1])


def test_without_a_guess_the_result_is_shown_all_the_same():
    prediction = Prediction("How far?", unit="bytes")
    assert prediction.result(128) == "your guess: you made no guess\nmeasured:   128 bytes"
    assert prediction.state() == "You made no guess. Measured: 128 bytes."


def test_a_guess_is_changed_before_the_result_and_not_after():
    kept = []
    prediction = Prediction("How many?", keep=kept.append).commit(1).commit(2)
    prediction.result(3)
    prediction.commit(3)
    assert (prediction.guess, kept) == (2, [1, 2])


def test_a_guess_after_the_result_is_called_so_and_stays():
    kept = []
    prediction = Prediction("How many?", keep=kept.append)
    prediction.result(3)
    prediction.commit(3).commit(4)
    assert kept == [3]
    assert prediction.result(3) == "your guess: 3 (made after the result)\nmeasured:   3"


@pytest.mark.parametrize("guess", ["3", True, float("nan"), float("inf"), 10**15, [1]])
def test_what_is_no_number_is_no_guess_at_a_number(guess):
    prediction = Prediction("How many?")
    with pytest.raises(TraitError, match="guess a number between"):
        prediction.commit(guess)
    assert prediction.guess is None


def test_only_choices_can_be_guessed_and_come_out():
    prediction = Prediction("Where?", PLACES)
    with pytest.raises(TraitError, match="guess one of"):
        prediction.commit("nowhere")
    with pytest.raises(ValueError, match="none of the choices"):
        prediction.result("nowhere")
    with pytest.raises(ValueError, match="is no number"):
        Prediction("How many?").result("three")


def test_a_kept_guess_that_the_question_does_not_allow_any_more_is_dropped():
    assert Prediction("Where?", PLACES, guess="nowhere", shown=True).guess is None
    assert Prediction("Where?", PLACES, guess=PLACES[1], shown=True).guess == PLACES[1]


def test_the_text_names_the_choices_and_another_way_to_guess():
    prediction = Prediction("Where does it lie?", PLACES)
    assert prediction.text() == (
        "Where does it lie? (in its old slot; elsewhere) No guess yet. Where no field shows, call .commit(...) with "
        "your guess."
    )
    bundle, metadata = prediction._repr_mimebundle_()
    assert bundle["text/plain"] == metadata["image/png"]["alt"] == prediction.text()
    assert Image.open(io.BytesIO(prediction.png("dark"))).width == 900


def test_python_and_javascript_say_the_same(node):
    known = []
    for guess in (None, 0, 12, -3, 1.5, 65536.0, 0.1):
        for unit in ("", "bytes"):
            for value in (None, 2, 4 / 3, 7.0):
                for late in (False, True):
                    prediction = Prediction("How many?", unit=unit, guess=guess, shown=late, late=late)
                    if value is not None:
                        prediction.result(value)
                    known.append(prediction)
    asked = [{"guess": p.guess, "unit": p.unit, "result": p._result, "late": p._late} for p in known]
    script = Path(__file__).parent / "static" / "prediction.js"
    done = subprocess.run([node, script], input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [prediction.state() for prediction in known]
