"""Make a shared library with the C malloc interface from the text of an allocator.

1. malloc_api.py and the other PARTS are bound to the text: what they call text_alloc is its alloc, and so on. Each C
   function, and what they call by name, is compiled to LLVM IR for the heap of library.py.
2. The IR of all is linked with that of the static memory. Every function but the C functions becomes internal, and
   the whole is optimized at once: what is left of Python, the reporting of exceptions, is reached by nothing.
3. What the object still asks for must be on the list LIBC; a text that raises would need Python, and is refused.
4. The system's C compiler links it, or the one in the package ziglang. Nothing is written but the finished file.
"""

import os
import re
import sys
import types
from pathlib import Path

from numba.core.dispatcher import Dispatcher

from refalloc.native import checked_blocks, exit_report, idle, malloc_api, process
from refalloc.native.compiler import cache_folder
from refalloc.native.explain import explain
from refalloc.native.jit import CompileError, Shadows, has_loop, jit
from refalloc.native.library import support_ir
from refalloc.native.linking import (
    SHARED,
    ExportError,
    compile_c_function,
    declare_symbol,
    find_linker,
    link,
    link_ir,
    require_only,
)
from refalloc.native.trial import try_out

LIBC = {  # what a library may ask for
    *{
        "__errno_location",
        "abort",
        "clock_gettime",
        "close",
        "fcntl",
        "getpid",
        "madvise",
        "memcpy",
        "memset",
        "mmap",
        "mremap",
    },
    *{
        "munmap",
        "open",
        "pthread_atfork",
        "pthread_getaffinity_np",
        "pthread_key_create",
        "pthread_self",
        "pthread_setspecific",
        "pthread_sigmask",
        "sched_yield",
        "write",
    },
}
# initfirst: our fork handlers are the first to be registered, so they take the lanes last, and no other handler runs
# while they are taken.
LIBRARY_FLAGS = [*SHARED, "-Wl,-z,now,-z,initfirst"]
CONSTRUCTORS = """
@llvm.global_ctors = appending global [1 x {i32, ptr, ptr}] [{i32, ptr, ptr} {i32 101, ptr @refalloc_start, ptr null}]
@llvm.global_dtors = appending global [1 x {i32, ptr, ptr}] [{i32, ptr, ptr} {i32 101, ptr @refalloc_end, ptr null}]
declare void @refalloc_start(i64, i64, i64)
declare void @refalloc_end()
"""
# C functions get their own names last of all: the optimizer takes it that a `malloc` does what the standard says, and
# would make malloc and memset in calloc into a call of calloc.
C_PREFIX = "refalloc_c_"
PARTS = (malloc_api, process, exit_report, checked_blocks, idle)  # of the library, each in the Python that is compiled
INTERNAL = {symbol: signature for part in PARTS for symbol, signature in part.INTERNAL.items()}


def export(text, path):
    """Write a shared library with the malloc interface.

    Args:    text: a module or a path, as for compile; path: of the library.
    Raises:  CompileError, TrialError, ExportError, OSError; the file at `path` is then as it was.
    """
    if not sys.platform.startswith("linux"):
        raise ExportError(
            f"export works on Linux, and this is {sys.platform}; here the text runs compiled (refalloc.native.compile) "
            "and interpreted"
        )
    path = _require_place(path)
    find_linker()  # before the minute's work, not after it
    try_out(text.__file__ if isinstance(text, types.ModuleType) else text)
    link(library_module(text), path, LIBRARY_FLAGS)


def _require_place(path):
    """Raise ExportError unless a library can be written there. Returns Path."""
    if not str(path):
        raise ExportError("the library has no name; pass a path for it, such as my.so")
    path = Path(path)
    if not path.parent.is_dir():
        raise ExportError(f"no folder {path.parent}; make it first")
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "no regular file"
        raise ExportError(f"{path} is {kind}, and a library would take its place; pass a path for it, such as my.so")
    if not os.access(path.parent, os.W_OK):
        raise ExportError(f"nothing can be written in {path.parent}; pass a path in a folder of yours")
    return path


def cached_library(text, on_export=lambda: None):
    """The library of a text, made unless it is there from before.

    Args:    on_export: called before it is made. Returns: Path. Raises as export does.
    """
    path = cache_folder(jit(text).meaning) / "librefalloc.so"
    if not path.is_file():
        on_export()
        export(text, path)
    return path


def library_module(text):
    """The optimized LLVM module of a text's library. Raises CompileError, ExportError."""
    support = "\n".join([support_ir(), checked_blocks.QUARANTINE_IR, idle.IDLE_IR, process.PROCESS_IR, CONSTRUCTORS])
    compiled = jit(text)
    parts = _bound_to(compiled)
    functions = compiled.functions.items()
    entry_points = vars(parts[0]).items()
    straight = [name for name, value in [*functions, *entry_points] if _is_straight(name, value)]
    inlined = _symbols_of([name for name in [*straight, "alloc"] if name not in compiled.seldom])
    out_of_line = _symbols_of(sorted(compiled.seldom))
    module = link_ir(
        support,
        _compiled_functions(parts, compiled),
        is_public=lambda symbol: symbol.startswith(C_PREFIX),
        is_inlined=lambda symbol: inlined.search(symbol) is not None,
        is_out_of_line=lambda symbol: symbol in INTERNAL or out_of_line.search(symbol) is not None,
    )
    require_only(module, LIBC)
    for symbol in malloc_api.ENTRY_POINTS:
        module.get_function(C_PREFIX + symbol).name = symbol
    return module


def _bound_to(text):
    """PARTS as modules of compiled functions, bound to those of a text."""
    shadows = Shadows()
    parts = [shadows.module(part) for part in PARTS]
    for part in parts:
        for name, function in text.functions.items():
            if hasattr(part, f"text_{name}"):
                setattr(part, f"text_{name}", function)
    if {"size_class_index", "free_slot"} <= text.functions.keys():
        api = parts[0]
        api.text_class, api.release = text.functions["size_class_index"], api.release_by_class
    return parts


# What goes round a loop, as when lanes are taken by others, is seldom called: kept out of line, it leaves registers to
# what is called always, which is put into malloc and free.


def _is_straight(name, value):
    return isinstance(value, Dispatcher) and name not in INTERNAL and not has_loop(value.py_func)


def _symbols_of(names):
    """A pattern of the symbols of functions, as the compiler makes them of their names."""
    return re.compile(rf"3jit(37text_[0-9a-f]{{32}})?({'|'.join(f'{len(name)}{name}B' for name in names) or '$^'})")


def _compiled_functions(parts, text):
    """Of each C function: its symbol, its IR, and the name it has there. Raises CompileError."""
    support = (
        *("state", "lanes", "root", "line", "thread_index", "set_thread_index", "single_threaded"),
        *("own_lanes", "no_lane", "ended", "own_addr", "set_own_addr", "fork_mask"),
        *("short_ring", "long_ring", "idle"),
    )
    libc = (
        "pthread_atfork",
        "pthread_key_create",
        "pthread_setspecific",
        "pthread_sigmask",
        "pthread_self",
        "pthread_getaffinity_np",
    )
    for symbol in (*INTERNAL, *(f"refalloc_{name}" for name in support), *libc):
        declare_symbol(symbol)
    for symbol, signature in {**malloc_api.ENTRY_POINTS, **INTERNAL}.items():
        function = next(getattr(part, symbol) for part in parts if hasattr(part, symbol)).py_func
        try:
            assembly, name = compile_c_function(function, signature)
        except Exception as error:  # the compiler raises its own errors, and NameError, TypeError, ...
            raise CompileError(explain(text.alloc.py_func, error)) from error
        yield symbol if symbol in INTERNAL else C_PREFIX + symbol, assembly, name
