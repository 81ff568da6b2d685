"""From LLVM IR to a file: optimize it as a whole, allow it libc alone, and link it with the system's C compiler."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import util
from pathlib import Path
from unittest import mock

from llvmlite import binding as llvm
from numba import cfunc
from numba.core.codegen import CPUCodeLibrary

from refalloc.native.compiler import OPTIONS

SHARED = ["-shared", "-fPIC"]
EXECUTABLE = ["-pie"]


class ExportError(Exception):
    """A library that could not be made; the message says why and what to do."""


_somewhere = ctypes.create_string_buffer(8)


def declare_symbol(symbol):
    """Say that a symbol is given when a file is linked.

    Numba also prepares each function to run in this process, where the symbol must have some address.
    """
    if llvm.address_of_symbol(symbol) is None:
        llvm.add_symbol(symbol, ctypes.addressof(_somewhere))


def compile_c_function(function, signature):
    """Compile a Python function for C. Returns its LLVM IR, and its name there. Raises what the compiler raises."""
    # Optimized as a whole at the end: by then a function that was put into its callers could not be kept out of them.
    with mock.patch.object(CPUCodeLibrary, "_optimize_final_module", return_value=None):
        compiled = cfunc(signature, **OPTIONS)(function)
    # Numba marks the one call in a C wrapper so that the wrapper stays small; here it must cost nothing.
    return compiled.inspect_llvm().replace("= { noinline }", "= { alwaysinline }"), compiled._wrapper_name


def _nothing(symbol):
    return False


def link_ir(support, functions, is_public, is_inlined=_nothing, is_out_of_line=_nothing):
    """Link IR to one optimized module.

    Args:    support: str, IR; functions: iterable of (symbol, IR, name of that function in it);
             is_public: symbol -> bool, whether it keeps its name; is_inlined: symbol -> bool, whether it is put into
             all that call it; is_out_of_line: symbol -> bool, whether it never is.
    Returns: llvmlite module.
    """
    module = llvm.parse_assembly(support)
    for symbol, assembly, name in functions:
        part = llvm.parse_assembly(assembly)
        part.get_function(name).name = symbol
        module.link_in(part)
    for variable in module.global_variables:
        if not variable.is_declaration and not variable.name.startswith("llvm."):
            variable.linkage = "internal"
    for function in module.functions:
        if function.is_declaration:
            continue
        if not is_public(function.name):
            function.linkage = "internal"
        if is_inlined(function.name):
            function.add_function_attribute("alwaysinline")
        if is_out_of_line(function.name):
            function.add_function_attribute("noinline")
            function.add_function_attribute("cold")
    module = _spare_registers(module, is_out_of_line)
    _optimize(module)
    return module


def _spare_registers(module, is_out_of_line):
    """Let functions that are kept out of line save every register that they use.

    Else the few instructions around a call that is seldom made would have to save them each time.
    """
    text = str(module)
    called = set(re.findall(r'\bcall [^@\n(]*@"?([^\s"(]+)"?\(', text))
    taken = set(re.findall(r'ptrtoint \(ptr @"?([^\s")]+)', text)) | set(re.findall(r"ptr @(\w+), ptr null", text))
    names = "|".join(re.escape(name) for name in called - taken if is_out_of_line(name))
    if not names:
        return module
    text = re.sub(rf'^(define internal )([^@\n]*@"?(?:{names})"?\()', r"\1preserve_mostcc \2", text, flags=re.M)
    text = re.sub(rf'(\bcall )([^@\n(]*@"?(?:{names})"?\()', r"\1preserve_mostcc \2", text)
    return llvm.parse_assembly(text)


def require_only(module, allowed):
    """Raise ExportError if a module asks for a function that is not in `allowed`."""
    asked = {function.name for function in module.functions if function.is_declaration}
    foreign = sorted(name for name in asked - allowed if not name.startswith("llvm."))
    if foreign:
        raise ExportError(
            f"the text needs {', '.join(foreign[:5])}, which a C library has not: a `raise`, an assert, a call "
            "that may fail, or an index into a tuple that is no table of whole numbers in the module is left in it; "
            "return 0 for failure, and leave checks to the caller"
        )


def _optimize(module):
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    builder = llvm.create_pass_builder(_target_machine(), options)
    builder.getModulePassManager().run(module, builder)


def _target_machine():
    # For any processor of this kind, not just for this one: a library may be carried to another machine.
    return llvm.Target.from_default_triple().create_target_machine(opt=3, reloc="pic", codemodel="default")


def emit_assembly(module):
    """Machine code for a module, as text for people."""
    return _target_machine().emit_assembly(module)


def link(module, path, flags):
    """Link a module to a file. Args: flags: list of str, SHARED or EXECUTABLE and more. Raises ExportError."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".refalloc-") as folder:
        made, linked = Path(folder) / "refalloc.o", Path(folder) / path.name
        made.write_bytes(_target_machine().emit_object(module))
        command = [*find_linker(), *flags, "-Wl,-z,noexecstack", "-o", str(linked), str(made)]
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
        "run: apt install gcc, or: pip install ziglang==0.14.1"
    )
