"""Write what a function calls into the function: the text over one heap, as fast as if it had been fused by hand.

A call costs CPython more than what most functions of the text do. Here a function and the objects that are its first
arguments become a new function, in which

    a call of a Python function that is known beforehand stands as the body of that function, or its one expression;
    a constant, a function, an attribute that its class declares Final is what it is now, and is not looked up again.

The text stays as it is: what runs is made from its source. A call that has no such form (in the condition of a loop,
of a function with a nested one) stays a call, and does what it did. A function of which nothing can be made raises
SpecializeError. The new function keeps the file and the line numbers, so that tracebacks show the text; what is
written in from another file stands at the line of its call.

Left out: globals and Final attributes that change later, which are read once (see running_plain); closures,
generators, *args.

Source: partial evaluation with everything decided by what is known beforehand; Jones, Gomard and Sestoft, Partial
Evaluation and Automatic Program Generation, 1993, chapter 5.
"""

import contextlib
import types
import typing

from refalloc.specialize.source import SpecializeError
from refalloc.specialize.writer import Maker, relying

__all__ = ["SizeClassMemo", "SpecializeError", "running_plain", "specialize", "specialize_text"]

LENGTH_LIMIT = 32769  # bytes; longer blocks are not in the memo: they are mapped, and beside that asking is nothing
ALIGN_LIMIT = 16  # log2 of bytes


def specialize(function, *known, instead=None, whole=(), given=None):
    """A function that does what `function` does when `known` are its first arguments.

    Args:    function: a Python function, or the method of an object, which then comes first in `known`;
             instead: dict, function -> the one to call in its place; None for none;
             whole: functions that, where `function` itself calls them, are written in whatever their length;
             given: dict, function -> expression, in names of `function`, for what it returns when one of `whole`
             calls it.
    Returns: function of the parameters that are left.
    Raises:  SpecializeError.
    """
    if isinstance(function, types.MethodType):
        function, known = function.__func__, (function.__self__, *known)
    return Maker(function, instead or {}, whole, given or {}).make(known)


def specialize_text(text, heap):
    """The functions of an allocator's text, made for one heap.

    Args:    text: module with alloc, free, resize, remap, and size_class_index, a function of its arguments alone.
    Returns: namespace with alloc(length, align_log2), free, resize and remap, which take no heap.
    Raises:  SpecializeError.
    """
    names = ("alloc", "free", "resize", "remap")
    for name in (*names, "size_class_index"):
        if not isinstance(getattr(text, name, None), types.FunctionType):
            raise SpecializeError(f"{text.__name__} has no function {name}; the text of an allocator needs one")
    instead = {text.size_class_index: SizeClassMemo(text.size_class_index).size_class}
    return types.SimpleNamespace(**{name: specialize(getattr(text, name), heap, instead=instead) for name in names})


@contextlib.contextmanager
def running_plain(owner):
    """While this lasts, functions that were made from `owner` run as they were written, and look everything up.

    Who replaces an attribute that is declared Final, as a recorder does, is seen by them only here.
    """
    functions = list(relying.get(owner, ()))
    made_codes = [function.__code__ for function in functions]
    for function in functions:
        function.__code__ = function.plain_code
    try:
        yield
    finally:
        for function, code in zip(functions, made_codes, strict=True):
            function.__code__ = code


class SizeClassMemo:
    """What size_class_index answered before: rows[align_log2][length], None for what it was not asked."""

    rows: typing.Final[list]

    def __init__(self, function):
        self.function = function
        # Twice as long as is ever filled, as are the rows: an index below 0 leads to the other half.
        self.rows = [()] * (2 * ALIGN_LIMIT)

    def size_class(self, length, align_log2):
        """As the function."""
        try:
            size_class = self.rows[align_log2][length]
        except (IndexError, TypeError):
            size_class = None
        return self.ask(length, align_log2) if size_class is None else size_class

    def ask(self, length, align_log2):
        """As the function; its answer goes into the table, if there is a place for it."""
        size_class = self.function(length, align_log2)
        if 0 <= length < LENGTH_LIMIT and 0 <= align_log2 < ALIGN_LIMIT:
            if not self.rows[align_log2]:
                self.rows[align_log2] = [None] * (2 * LENGTH_LIMIT)
            self.rows[align_log2][length] = size_class
        return size_class
