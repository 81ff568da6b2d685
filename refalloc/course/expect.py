"""What a check says when an answer is wrong: the smallest failing input, expected, got, and the likely reason."""

import inspect

from refalloc.student import call_text, shorten


class WrongAnswerError(AssertionError):
    """A function gave another answer than expected; the message is written for the learner."""


def compare(function, rows, expected, traps=None):
    """Call a learner's function on rows of arguments, and stop at the first wrong answer.

    Args:    function: of the student fixture; rows: iterable of argument lists, smallest first;
             expected: the right function, of the same parameters, whose names appear in the message;
             traps: {sentence: a wrong function of the same parameters}; the first that gives the learner's answer on
             the failing row adds its sentence.
    Raises:  WrongAnswerError, StudentError; AssertionError when there is no row.
    """
    parameters = list(inspect.signature(expected).parameters)
    called = False
    for row in rows:
        called = True
        got, want = function(*row), expected(*row)
        if got == want and type(got) is type(want):
            continue
        reason = _reason(row, got, want, traps or {})
        call = call_text(function.name, row, parameters)
        raise WrongAnswerError(f"{call} gave {shorten(got)}; expected {shorten(want)}.{reason}")
    if not called:
        raise AssertionError("the check has no row to try")


def _reason(row, got, want, traps):
    if got is None:
        return " Is there a `return` on every path?"
    if type(got) is not type(want):
        return f" That is of type {type(got).__name__}, where {type(want).__name__} is expected."
    for sentence, trap in traps.items():
        if trap(*row) == got:
            return f" {sentence}"
    return ""
