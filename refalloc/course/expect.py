"""What a check says when an answer is wrong: the smallest failing input, expected, got, and the likely reason."""

import inspect

from refalloc.student import call_text, shorten

LOWEST = 4096  # less than any address of ours: 0 for none, -1 for refused
NEAR = 1 << 20  # bytes from the start of something within which an address is told from there


class WrongAnswerError(AssertionError):
    """A function gave another answer than expected; the message is written for the learner.

    Attributes: lines: list of str, to be shown below the message as they are.
    """

    def __init__(self, message, lines=()):
        super().__init__(message)
        self.lines = list(lines)


def compare(function, rows, expected, traps=None, picture=lambda got, *row: []):
    """Call a learner's function on rows of arguments, and stop at the first wrong answer.

    Args:    function: of the student fixture; rows: iterable of argument lists, smallest first;
             expected: the right function, of the same parameters, whose names appear in the message;
             traps: {sentence: a wrong function of the same parameters}; the first that gives the learner's answer on
             the failing row adds its sentence; picture: function of the learner's answer, plain data of any kind, and
             of the same parameters, that draws the failing row, as list of str, see drawing.py.
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
        raise WrongAnswerError(f"{call} gave {shorten(got)}; expected {shorten(want)}.{reason}", picture(got, *row))
    if not called:
        raise AssertionError("the check has no row to try")


def require(what, got, want, show=shorten, traps=None, picture=list):
    """Stop unless a value is the right one.

    Args:    what: str, what the value is, up to the verb: "pop() gave"; got, want: plain data; show: function that
             writes them; traps: {sentence: a wrong value}; the first that equals `got` adds its sentence; picture:
             function of nothing that draws what went wrong, as list of str, see drawing.py.
    Raises:  WrongAnswerError.
    """
    if got == want and type(got) is type(want):
        return
    values = {sentence: lambda value=value: value for sentence, value in (traps or {}).items()}
    raise WrongAnswerError(f"{what} {show(got)}; expected {show(want)}.{_reason([], got, want, values)}", picture())


def place(addr, **starts):
    """An address in words that are the same on every run: "slab + 64" for place(addr, slab=slab).

    Args:    addr: int, or what a learner gave in its place; starts: {name: int, an address}; the nearest before `addr`
             is taken.
    """
    if type(addr) is not int or abs(addr) < LOWEST:
        return shorten(addr)
    before = [(start, name) for name, start in starts.items() if start <= addr < start + NEAR]
    if not before:
        return f"{addr}, no address near {' or '.join(starts)}"
    start, name = max(before)
    return f"{name} + {addr - start}"


def _reason(row, got, want, traps):
    if got is None:
        return " Is there a `return` on every path?"
    if type(got) is not type(want):
        return f" That is of type {type(got).__name__}, where {type(want).__name__} is expected."
    for sentence, trap in traps.items():
        if trap(*row) == got:
            return f" {sentence}"
    return ""
