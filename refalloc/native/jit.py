"""Compile the text of an allocator, the reference's or a learner's, without changing a character.

Design. The functions of the text call each other, and read constants, through the globals of their module. A copy of
these globals is made in which each plain Python function, of this module and of those that it imports, is replaced by
Numba's compiled version of it. The functions themselves are the same code objects, so errors have the learner's lines.

A tuple of whole numbers in a module is a table, and becomes an array that cannot be written: to index a tuple, compiled
code raises where the index is too large, and a library has no Python to raise in. No index into a table is checked.
"""

import dis
import importlib.util
import sys
import traceback
import types
from pathlib import Path

import numpy as np
from numba import njit
from numba.core import types as nb_types
from numba.core.dispatcher import Dispatcher

from refalloc.native.compiler import OPTIONS, keep_on_disk
from refalloc.native.explain import explain
from refalloc.native.heap_members import NATIVE_HEAP

_addr = _length = _log2 = nb_types.int64
SIGNATURES = {  # of the text's four entry points, after the heap
    "alloc": (nb_types.int64, (_length, _log2)),
    "free": (nb_types.void, (_addr, _length, _log2)),
    "resize": (nb_types.boolean, (_addr, _length, _length, _log2)),
    "remap": (nb_types.int64, (_addr, _length, _length, _log2)),
}
ARGUMENTS = {
    "alloc": "heap, length, align_log2",
    "free": "heap, addr, length, align_log2",
    "resize": "heap, addr, length, new_length, align_log2",
    "remap": "heap, addr, length, new_length, align_log2",
}


class CompileError(Exception):
    """A text that cannot be compiled; the message says which line, why, and what to write instead."""


class CompiledText:
    """The entry points of a text, compiled: call them from Python or from other compiled code; the GIL is released.

    Attributes: name: str; functions: {name: compiled function}, all of the text's;
                meaning: str, all that the code depends on;
                seldom: names of functions that are not put into what calls them: those that go round a loop, which
                are seldom called in an allocator, and those that the text says, by SELDOM;
                alloc(heap, length, align_log2), free(heap, addr, length, align_log2),
                resize(heap, addr, length, new_length, align_log2), remap(...): as in refalloc.allocator.
    """

    def __init__(self, name, functions, meaning, seldom=()):
        self.name = name
        self.functions = functions
        self.meaning = meaning
        self.seldom = seldom
        for entry_point in SIGNATURES:
            setattr(self, entry_point, functions[entry_point])

    def __repr__(self):
        return f"<compiled text {self.name}>"


def compile(text):
    """Compile the text of an allocator for NativeHeap.

    Args:    text: a module, or the path of a Python file, with functions alloc, free, resize and remap as in
             refalloc.allocator. What they call may be of their own module or imported.
    Returns: CompiledText. A text that was compiled before, to the letter, comes from disk.
    Raises:  CompileError; OSError when the file cannot be read.
    """
    compiled = jit(text)
    for name in SIGNATURES:
        compile_for(compiled, name, NATIVE_HEAP)
    return compiled


def jit(text):
    """As compile, but each function is compiled when it is first called, for whatever heap it is given."""
    module = text if isinstance(text, types.ModuleType) else load_text(text)
    missing = [name for name in SIGNATURES if not callable(getattr(module, name, None))]
    if missing:
        raise CompileError(
            f"{_file_of(module)} has no function {', '.join(missing)}; "
            f"expected {', '.join(f'{name}({ARGUMENTS[name]})' for name in missing)}"
        )
    shadows = Shadows()
    functions = {name: value for name, value in vars(shadows.module(module)).items() if isinstance(value, Dispatcher)}
    meaning = shadows.meaning()
    digest = keep_on_disk(functions.values(), meaning)
    for dispatcher in functions.values():
        # Linkers know functions by name: two texts in one process may both have an `alloc`.
        dispatcher.py_func.__qualname__ = f"text_{digest}.{dispatcher.py_func.__name__}"
    looping = [name for name, function in functions.items() if has_loop(function.py_func) and name not in SIGNATURES]
    return CompiledText(module.__name__, functions, meaning, {*looping, *getattr(module, "SELDOM", ())})


def compile_for(compiled, name, heap_type):
    """Compile one entry point for a type of heap. Raises CompileError."""
    return_type, arg_types = SIGNATURES[name]
    dispatcher = getattr(compiled, name)
    try:
        dispatcher.compile(return_type(heap_type, *arg_types))
    except Exception as error:  # the compiler raises its own errors, and NameError, TypeError, NotImplementedError
        raise CompileError(explain(dispatcher.py_func, error)) from error


def load_text(path):
    """Import the Python file at `path` as a module of its own. Raises OSError, CompileError."""
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}; pass the path of the Python file that has alloc, free, resize, remap")
    spec = importlib.util.spec_from_file_location(f"refalloc_text_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise CompileError(f"{path} is no Python file; its name has to end in .py")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise CompileError(
            f"{path}:{error.lineno}: not Python: {error.msg}; mend that line, or the one before"
        ) from None
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        place = f"{path}:{lines[-1]}" if lines else f"{path}"
        raise CompileError(f"{place}: cannot be imported: {type(error).__name__}: {error}") from error
    return module


class Shadows:
    """Copies of modules in which functions are compiled ones."""

    def __init__(self):
        self.modules = {}  # id of a module's globals -> its shadow

    def module(self, module):
        return self._shadow(vars(module))

    def meaning(self):
        """All that compiled code depends on: the functions as they stand in memory, which a file may have outrun.

        Names of modules and files are no part of it: a text is the same wherever it lies.
        """
        parts: list[tuple] = []
        for shadow in self.modules.values():
            for name, value in sorted(vars(shadow).items()):
                if name.startswith("__"):
                    continue
                if isinstance(value, Dispatcher):
                    parts.append((name, _code_meaning(value.py_func.__code__), value.py_func.__defaults__))
                elif isinstance(value, int | float | str | tuple):
                    parts.append((name, value))
                elif isinstance(value, np.ndarray):
                    parts.append((name, value.tolist()))
        return repr(parts)

    def _shadow(self, namespace):
        shadow = self.modules.get(id(namespace))
        if shadow is None:
            shadow = self.modules[id(namespace)] = types.ModuleType(namespace["__name__"])
            for name, value in namespace.items():
                setattr(shadow, name, self._value(value, namespace, shadow))
        return shadow

    def _value(self, value, namespace, shadow):
        if isinstance(value, types.ModuleType) and _is_text(value.__name__):
            return self._shadow(vars(value))
        if _is_table(value):
            return _table(value)
        if not isinstance(value, types.FunctionType) or not _is_text(value.__module__):
            return value
        if value.__globals__ is not namespace:  # imported by name
            return getattr(self._shadow(value.__globals__), value.__name__, value)
        function = types.FunctionType(
            value.__code__, vars(shadow), value.__name__, value.__defaults__, value.__closure__
        )
        function.__kwdefaults__, function.__doc__ = value.__kwdefaults__, value.__doc__
        function.__module__ = __name__  # code from disk imports it, and a text need not be importable
        return njit(**OPTIONS, forceinline=_is_for_callers(function, namespace))(function)


def _is_table(value):
    return type(value) is tuple and value != () and all(type(item) is int and abs(item) < 1 << 63 for item in value)


def _table(numbers):
    """An array of a tuple's numbers that is part of the code."""
    array = np.array(numbers, dtype=np.int64)
    array.setflags(write=False)
    return array


def has_loop(function):
    """Does a Python function go round a loop?"""
    return any("BACKWARD" in step.opname for step in dis.get_instructions(function))


def _is_for_callers(function, namespace):
    """Is it to be put into all that call it? Only in a text that says, by SELDOM, which functions are not."""
    return "SELDOM" in namespace and function.__name__ not in namespace["SELDOM"] and not has_loop(function)


def _code_meaning(code):
    consts = [_code_meaning(const) if isinstance(const, types.CodeType) else const for const in code.co_consts]
    return code.co_code, consts, code.co_names, code.co_varnames, code.co_firstlineno


def _is_text(module_name):
    """Is this a module that a text may be spread over? Not the standard library, nor what has its own machine code."""
    top = (module_name or "").partition(".")[0]
    return top not in sys.stdlib_module_names and top not in ("numba", "numpy", "llvmlite", "__future__")


def _file_of(module):
    return getattr(module, "__file__", None) or module.__name__
