"""Make a shared library with the C malloc interface from the text of an allocator.

1. malloc_api.py is bound to the text, and each C function is compiled to LLVM IR for the heap of library.py.
2. The IR of all is linked with that of the static memory. Every function but the C functions becomes internal, and
   the whole is optimized at once: what is left of Python, the reporting of exceptions, is reached by nothing.
3. What the object still asks for must be on the list LIBC; a text that raises would need Python, and is refused.
4. The system's C compiler links it, or the one in the package ziglang. Nothing is written but the finished file.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import types
from importlib import util
from pathlib import Path

from llvmlite import binding as llvm
from numba import cfunc

from refalloc.native import malloc_api
from refalloc.native.compiler import OPTIONS, cache_folder
from refalloc.native.explain import explain
from refalloc.native.jit import CompileError, Shadows, jit
from refalloc.native.library import support_ir
from refalloc.native.trial import try_out

LIBC = {  # what a library may ask for
    *{"__errno_location", "abort", "close", "fcntl", "getpid", "madvise", "memcpy", "memset", "mmap", "mremap"},
    *{"munmap", "open", "pthread_atfork", "sched_yield", "sysconf", "write"},
}
CONSTRUCTORS = """
@llvm.global_ctors = appending global [1 x {i32, ptr, ptr}] [{i32, ptr, ptr} {i32 101, ptr @refalloc_start, ptr null}]
@llvm.global_dtors = appending global [1 x {i32, ptr, ptr}] [{i32, ptr, ptr} {i32 101, ptr @refalloc_end, ptr null}]
declare void @refalloc_start(i64, i64, i64)
declare void @refalloc_end()
"""
# C functions get their own names last of all: the optimizer takes it that a `malloc` does what the standard says, and
# would make malloc and memset in calloc into a call of calloc.
C_PREFIX = "refalloc_c_"


class ExportError(Exception):
    """A library that could not be made; the message says why and what to do."""


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
    path = Path(path)
    if not path.parent.is_dir():
        raise ExportError(f"no folder {path.parent}; make it first")
    find_linker()  # before the minute's work, not after it
    try_out(text.__file__ if isinstance(text, types.ModuleType) else text)
    _link(emit_object(library_module(text)), path)


def cached_library(text):
    """The library of a text, made unless it is there from before. Returns Path. Raises as export does."""
    path = cache_folder(jit(text).meaning) / "librefalloc.so"
    if not path.is_file():
        export(text, path)
    return path


def library_module(text):
    """The optimized LLVM module of a text's library."""
    module = llvm.parse_assembly(support_ir() + malloc_api.LINE_IR + CONSTRUCTORS)
    for symbol, assembly, name in _compiled_functions(jit(text)):
        # Numba marks the one call in a C wrapper so that the wrapper stays small; here it must cost nothing.
        part = llvm.parse_assembly(assembly.replace("= { noinline }", "= { alwaysinline }"))
        part.get_function(name).name = symbol if symbol in malloc_api.INTERNAL else C_PREFIX + symbol
        module.link_in(part)
    for variable in module.global_variables:
        if not variable.is_declaration and not variable.name.startswith("llvm."):
            variable.linkage = "internal"
    for function in module.functions:
        name = function.name
        if not function.is_declaration and not name.startswith(C_PREFIX):
            function.linkage = "internal"
        if name in malloc_api.INTERNAL and not function.is_declaration:
            function.add_function_attribute("noinline")
            function.add_function_attribute("cold")
    _optimize(module)
    _require_libc_alone(module)
    for symbol in malloc_api.ENTRY_POINTS:
        module.get_function(C_PREFIX + symbol).name = symbol
    return module


def _compiled_functions(text):
    """Of each C function: its symbol, its IR, and the name it has there."""
    shadow = Shadows().module(malloc_api)
    for name in ("alloc", "free", "resize", "remap"):
        setattr(shadow, f"text_{name}", getattr(text, name))
    _let_symbols_resolve()
    for symbol, signature in {**malloc_api.ENTRY_POINTS, **malloc_api.INTERNAL}.items():
        function = getattr(shadow, symbol).py_func
        try:
            compiled = cfunc(signature, **OPTIONS)(function)
        except Exception as error:  # the compiler raises its own errors, and NameError, TypeError, ...
            raise CompileError(explain(text.alloc.py_func, error)) from error
        yield symbol, compiled.inspect_llvm(), compiled._wrapper_name


def _let_symbols_resolve():
    """Numba also prepares each function to run here, where what only the library has must have some address."""
    somewhere = ctypes.addressof(_SOMEWHERE)
    support = ("state", "lanes", "root", "line", "thread_index", "set_thread_index")
    for name in (*malloc_api.INTERNAL, *(f"refalloc_{name}" for name in support)):
        llvm.add_symbol(name, somewhere)
    if llvm.address_of_symbol("pthread_atfork") is None:  # glibc keeps it in the part that is linked statically
        llvm.add_symbol("pthread_atfork", somewhere)


_SOMEWHERE = ctypes.create_string_buffer(8)


def _optimize(module):
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    builder = llvm.create_pass_builder(_target_machine(), options)
    builder.getModulePassManager().run(module, builder)


def _target_machine():
    # For any processor of this kind, not just for this one: a library may be carried to another machine.
    return llvm.Target.from_default_triple().create_target_machine(opt=3, reloc="pic", codemodel="default")


def _require_libc_alone(module):
    asked = {function.name for function in module.functions if function.is_declaration}
    foreign = sorted(name for name in asked - LIBC if not name.startswith("llvm."))
    if foreign:
        raise ExportError(
            f"the text needs {', '.join(foreign[:5])}, which a C library has not: a `raise`, an assert or a call that "
            "may fail in Python is left in it; return 0 for failure, and leave checks to the caller"
        )


def emit_object(module):
    """Machine code for a module: bytes of an ELF object."""
    return _target_machine().emit_object(module)


def emit_assembly(module):
    """Machine code for a module, as text for people."""
    return _target_machine().emit_assembly(module)


def _link(code, path):
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".refalloc-") as folder:
        made, linked = Path(folder) / "refalloc.o", Path(folder) / path.name
        made.write_bytes(code)
        # initfirst: our fork handlers are the first to be registered, so they take the lanes last and no other
        # handler runs while they are taken.
        flags = ["-shared", "-fPIC", "-Wl,-z,now,-z,initfirst,-z,noexecstack", "-o", str(linked), str(made)]
        command = [*find_linker(), *flags]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise ExportError(f"{' '.join(command)} failed:\n{done.stderr.strip()}")
        os.replace(linked, path)


def find_linker():
    """The command of a C compiler that can link. Raises ExportError when there is none."""
    chosen = os.environ.get("CC")
    for name in [chosen] if chosen else ["cc", "gcc", "clang"]:
        if name and shutil.which(name.split()[0]):
            return name.split()
    if not chosen and util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc"]
    raise ExportError(
        f"no linker: {f'CC is {chosen}, which is not there' if chosen else 'neither cc, gcc nor clang is installed'}; "
        "run: apt install gcc, or: pip install 'refalloc[zig]'"
    )
