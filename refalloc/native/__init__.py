"""The text as machine code: compiled for this process, or exported as a C library.

    from refalloc import native
    text = native.compile("mine.py")
    heap = native.NativeHeap()
    addr = text.alloc(heap, 100, 4)

Layers, from the bottom: words (atomic steps), pages (mmap), chunks (what lies where), machine (what the members of a
heap mean), heap (the heap of this process) over heap_members, jit (a text, compiled). Of an exported library:
library (its heap), malloc_api, process, exit_report, idle, checked_blocks (its functions), export, linking, running.

Needs the extra `native`; Linux and macOS.
"""

import sys

if sys.platform == "win32":
    raise ImportError(
        "refalloc.native needs Linux, or macOS without the exported library, and this is Windows, whose pages and "
        "threads are others; here the text runs interpreted (refalloc.heap) and stepped (refalloc.schedule), and "
        "compiled in WSL, as on Linux"
    )

try:
    import numba  # noqa: F401  here only to say what to do when it is missing
except ImportError as error:
    raise ImportError(
        f"refalloc.native needs Numba ({error}); run, in the folder of refalloc: pip install --editable '.[native]'"
    ) from error

from refalloc.native.heap import NativeHeap
from refalloc.native.jit import CompiledText, CompileError, compile, load_text

__all__ = ["CompileError", "CompiledText", "NativeHeap", "compile", "load_text"]
