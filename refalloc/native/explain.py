"""Say in a learner's terms why their text cannot be compiled: the line, what is wrong, what to write instead."""

import inspect
import linecache
import re
from pathlib import Path

REMEDIES = (  # (pattern in the compiler's words, what to write instead), the first that matches
    (
        r"Unknown attribute '(thread_index)' of type heap|heap\.thread_index = ",
        "the index is set with heap.set_thread_index(index); it is only read as heap.thread_index",
    ),
    (
        r"Unknown attribute '(\w+)' of type heap",
        "a heap has lanes, thread_index, set_thread_index(i), try_lock(lane), unlock(lane), load(addr), "
        "store(addr, word), map(length, align_log2), unmap(addr, length) and remap(addr, length, new_length, may_move)",
    ),
    (r"Unknown attribute '(\w+)' of type lane", "a lane has next_addrs and frees, each indexed by a size class"),
    (
        r"getitem\(Tuple\(",
        "of tuples, only one of whole numbers, a table in the module, is indexed by what is known at run time; make a "
        "table of each column",
    ),
    (
        r"[Rr]eflected list|[Ll]ist\(|list\(|build_list|empty list",
        "a list cannot hold the allocator's state; keep it in lane.next_addrs, lane.frees, or by heap.store",
    ),
    (
        r"[Dd]ict|build_map",
        "a dict cannot hold the allocator's state; keep it in lane.next_addrs, lane.frees, or by heap.store",
    ),
    (
        r"Cannot unify (.+) and (.+) for '(.+?)'|[Cc]an't unify return type",
        "give a variable, or what a function returns, one type on every path: 0 and not None where there is no address",
    ),
    (
        r"none|NoneType|Optional|optional",
        "None is no address; use 0 where there is none, and return 0 on failure",
    ),
    (
        r"float",
        "`/` makes a float; use `//` for whole numbers, and no math.log or math.ceil",
    ),
    (
        r"Untyped global name '(\w+)'|name '(\w+)' is not defined",
        "a compiled function may use constants that are whole numbers, and plain functions of its own module or "
        "imported ones; define the name before, or pass it in",
    ),
    (
        r"try .. except|raise|with |yield|generator|Unsupported(Bytecode)?Error|Use of unsupported|not supported",
        "write it with while, if, and whole numbers: exceptions, generators, classes and `with` are not compiled",
    ),
    (
        r"missing a required argument|too many positional|not enough values|takes \d+ positional",
        "call it with the arguments that its definition lists",
    ),
)
ELSEWHERE = "write it with whole numbers, the members of heap, and functions that do the same"


def explain(function, error):
    """A message of a few lines for a text that the compiler refused.

    Args:    function: the function that was compiled; error: what Numba raised.
    Returns: str: file and line, the line itself, what the compiler says of it, what to write instead.
    """
    words = _plain(str(error))
    file, line = _place(function, words)
    source = linecache.getline(file, line).strip()
    reason = _reason(words)
    remedy = next((text for pattern, text in REMEDIES if re.search(pattern, reason)), None)
    if remedy is None:
        remedy = next((text for pattern, text in REMEDIES if re.search(pattern, words)), ELSEWHERE)
    return f"{file}:{line}: cannot be compiled: {source}\n  the compiler says: {reason}\n  instead: {remedy}"


def _plain(words):
    return re.sub(r"\x1b\[[0-9;]*m", "", words)


def _place(function, words):
    """The innermost line that the compiler names, in the learner's own files."""
    code = function.__code__
    found = re.findall(r'File "([^"]+)", line (\d+)', words)
    own = [int(line) for file, line in found if Path(file).name == Path(code.co_filename).name]
    return code.co_filename, own[-1] if own else _line_that_names(code, words)


def _line_that_names(code, words):
    """The first line of a function that holds a name which the compiler quotes; else the function's own first line."""
    for name in re.findall(r"'(\w+)'|\.(\w+) = ", words):
        for offset, line in enumerate(inspect.getsourcelines(code)[0][1:], 1):
            if re.search(rf"\b{''.join(name)}\b", line):
                return code.co_firstlineno + offset
    return code.co_firstlineno


def _reason(words):
    """The sentence that names the cause: the last of those that look like one."""
    causes = [
        line.strip()
        for line in words.splitlines()
        if re.search(
            r"Unknown attribute|Cannot unify|[Cc]an't unify|Untyped global|NameError|No implementation of function|"
            r"Invalid use of|[Uu]nsupported|not supported|cannot determine|missing a required|too many positional|"
            r"No conversion|TypeError|is not defined|No definition for",
            line,
        )
    ]
    if causes:
        return causes[-1].removeprefix("- ")
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
