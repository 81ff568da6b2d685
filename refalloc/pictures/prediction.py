"""Prediction: the learner commits to a guess, a number or a choice, before the result is shown beside it.

A guess can be changed until the result is shown, and not after. It is kept by functions that are handed in.
"""

import math
from typing import Any

import traitlets

from refalloc.pictures.picture import Picture
from refalloc.pictures.static_files import joined_module
from refalloc.pictures.still import Still

MOST = 10**15  # beyond it Python and JavaScript write numbers differently


class Prediction(Picture):
    """A question, and a field or choices for its answer.

    Args:    question: str. choices: list of str, empty for a number. unit: str, of the number, such as "bytes".
             guess, shown, late: what is kept of an earlier time; late, whether that guess came after the result. A
             guess that this question does not allow any more is dropped.
             keep: function of the guess, called when it is made or changed. show: function of nothing, called when
             the result is shown.
    Raises:  traitlets.TraitError for a guess that is neither a number nor one of the choices.
    """

    _esm = joined_module("prediction.js")
    question = traitlets.Unicode("").tag(sync=True)
    choices: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    unit = traitlets.Unicode("").tag(sync=True)
    guess: Any = traitlets.Any(None, allow_none=True).tag(sync=True)
    _result = traitlets.Unicode("").tag(sync=True)
    _shown = traitlets.Bool(False).tag(sync=True)
    _late = traitlets.Bool(False).tag(sync=True)

    def __init__(self, question, choices=(), unit="", guess=None, shown=False, late=False, keep=None, show=None):
        self._keep = keep
        self._show = show
        super().__init__(title="Guess", question=question, choices=list(choices), unit=unit)
        if self._fits(guess):
            self.set_trait("guess", guess)
        self._shown, self._late = shown, late
        self.observe(self._on_guess, "guess")

    @traitlets.validate("guess")
    def _checked_guess(self, proposal):
        guess, before = proposal["value"], self.guess
        if before is not None and self._shown:
            return before  # the result is known: what was guessed stays
        if not self._fits(guess):
            wanted = f"one of {self.choices}" if self.choices else f"a number between -{MOST:,} and {MOST:,}"
            raise traitlets.TraitError(f"{guess!r} is no guess that fits the question; guess {wanted}")
        return guess

    def _fits(self, guess):
        if guess is None or self.choices:
            return guess is None or guess in self.choices
        return isinstance(guess, int | float) and not isinstance(guess, bool) and abs(guess) < MOST

    def _on_guess(self, _):
        self._late = self._shown
        if self._keep is not None:
            self._keep(self.guess)

    def commit(self, guess):
        """Make this guess, where there is no field to type it into. Returns the Prediction. Raises TraitError."""
        self.guess = guess
        return self

    def result(self, value):
        """Show what was measured beside the guess, from now on.

        Args:    value: a number, or one of the choices.
        Returns: str, the two and how they compare, in lines.
        Raises:  ValueError for a value that could not have been guessed.
        """
        if self.choices and value not in self.choices:
            raise ValueError(f"{value!r} is none of the choices; the result has to be one of {self.choices}")
        if not self.choices and not isinstance(value, int | float):
            raise ValueError(f"{value!r} is no number, and numbers were guessed; give the number that was measured")
        self._result = self._with_unit(value)
        self._shown = True
        if self._show is not None:
            self._show()
        lines = [f"your guess: {self._guessed()}", f"measured:   {self._result}"]
        return "\n".join([*lines, *filter(None, [self._compared(value)])])

    def _with_unit(self, value):
        return f"{_written(value)} {self.unit}".strip()

    def _guessed(self):
        if self.guess is None:
            return "you made no guess"
        return self._with_unit(self.guess) + (" (made after the result)" if self._late else "")

    def _compared(self, value):
        if self.guess is None or self._late:
            return ""
        if self.guess == value or (not self.choices and math.isclose(self.guess, value)):
            return "You were right."
        if self.choices:
            return "It is something else than you thought: find out why."
        away = self._with_unit(float(f"{abs(self.guess - value):.6g}"))
        return f"You were {away} too {'high' if self.guess > value else 'low'}."

    def state(self):
        """What is known so far: a sentence or two."""
        guessed = "" if self.guess is None else f"Your guess: {self._guessed()}."
        if self._result:
            return f"{guessed or 'You made no guess.'} Measured: {self._result}."
        return guessed or "No guess yet."

    def text(self):
        options = f" ({'; '.join(self.choices)})" if self.choices else ""
        how = " Where no field shows, call .commit(...) with your guess." if self.guess is None else ""
        return f"{self.question}{options} {self.state()}{how}"

    def facts(self):
        """{"question": str, "state": str}."""
        return {"question": self.question, "state": self.state()}

    def png(self, theme="light"):
        """Question, choices and guess as PNG: bytes. `theme`: "light" or "dark"."""
        still = Still(900, 200 + 24 * len(self.choices), theme)
        still.paragraph(self.question, style="bold")
        for choice in self.choices:
            mark = "●" if choice == self.guess else "○"
            still.text(f"{mark} {choice}")
        still.paragraph(self.state(), colour="faint")
        return still.png()


def _written(value):
    """A value as text, as JavaScript writes it: a whole number has no point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
