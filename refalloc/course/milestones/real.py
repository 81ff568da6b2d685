"""Real programs on the library of a text: what they write, what the library did, their time, and how they crash.

Each is run once for a library, however often a milestone asks.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys

from refalloc.course.expect import WrongAnswerError
from refalloc.student import StudentError

ROUNDS = 9  # odd, as exercise 13.1 has it
UNIT = 1000
SECONDS = 60  # more than a program takes that is not stuck
DRIVER = ("random", 1024, 1000, 200_000, 1)  # longest block in bytes, live blocks, steps, threads
USUAL = {"PYTHONMALLOC": "malloc", "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}  # or CPython keeps its blocks to itself

PYTHON = """
import json, threading
def work(number, results):
    rows = [{"n": n * number, "words": [f"{n * k % 997:x}" for k in range(6)]} for n in range(300)]
    for _ in range(3):
        rows = json.loads(json.dumps(rows))
    results[number] = sum(len(row["words"][n % 6]) for n, row in enumerate(rows))
results = {}
threads = [threading.Thread(target=work, args=(number, results)) for number in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(results.items()))
"""
C = """
int total(int *a, int n) { int s = 0; for (int i = 0; i < n; i++) s += a[i] / 3; return s; }
double mean(double *a, int n) { double s = 0; for (int i = 0; i < n; i++) s += a[i]; return n ? s / n : 0; }
"""
SQL = """
create table t (n integer primary key, word text);
with recursive c(i) as (select 1 union all select i + 1 from c where i < 20000)
  insert into t select i, printf('%x-%d', i * 40503 % 9973, i % 97) from c;
create index by_word on t (word);
delete from t where n % 5 = 0;
select count(*), min(word), max(word), sum(length(word)) from t;
"""
PROGRAMS = {  # name -> command, standard input
    "python3": ((sys.executable, "-c", PYTHON), ""),
    "gcc": (("gcc", "-O2", "-x", "c", "-S", "-o", "-", "-"), C),
    "sqlite3": (("sqlite3", ":memory:"), SQL),
}
CRASHING = """
import ctypes, json, random, sys
c = ctypes.CDLL(None)
c.malloc.restype, c.malloc.argtypes, c.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
draw, calls, live, freed = random.Random(14), [], [], []
for _ in range(60):
    if live and draw.random() < 0.4:
        freed.append(live.pop(draw.randrange(len(live))))
        c.free(freed[-1][0])
        calls.append([freed[-1][0], 0])
    else:
        length = draw.choice([24, 40, 100, 500])
        live.append([c.malloc(length), length])
        calls.append(live[-1])
print(json.dumps(calls), flush=True)
if sys.argv[1] == "use after free":
    ctypes.memset(freed[3][0] + 5, 1, 1)
elif sys.argv[1] == "overrun":
    ctypes.memset(live[2][0] + live[2][1] + 3, 1, 1)
    c.free(live[2][0])
else:
    c.free(freed[5][0])
"""
FAULTS = ("use after free", "overrun", "double free")
SENTENCE = re.compile(r"refalloc: ([a-z ]+): .*\((0x[0-9a-f]+)\): a block of \d+ bytes[^;]*(?:; its byte (\d+) was)?")


def once(function):
    """Decorator: what a call gives or raises is kept; a milestone asks again to find out whose fault it is."""
    kept: dict[tuple, tuple] = {}

    @functools.wraps(function)
    def called(*args):
        if args not in kept:
            try:
                kept[args] = function(*args), None
            except (WrongAnswerError, StudentError) as error:
                kept[args] = None, error
        result, problem = kept[args]
        if problem is not None:
            raise problem
        return result

    return called


@once
def library_of(text_file):
    """The library of the text in a file, made unless it is there from before. Returns Path.

    Raises:  WrongAnswerError, with what is wrong with the text; StudentError, not attempted, where none can be made.
    """
    try:
        from refalloc.native import CompileError
        from refalloc.native.export import cached_library
        from refalloc.native.linking import ExportError, find_linker
        from refalloc.native.trial import TrialError
    except ImportError as error:
        raise StudentError("not attempted", f"No library can be made here: {error}") from None
    try:
        if sys.platform.startswith("linux"):
            find_linker()
        else:
            raise ExportError(f"export works on Linux, and this is {sys.platform}")
    except ExportError as error:
        raise StudentError("not attempted", f"No library can be made here: {error}") from None
    try:
        return cached_library(text_file)
    except (CompileError, ExportError, TrialError) as error:
        raise WrongAnswerError(f"No library can be made of your text: {error}") from None


@once
def told_of_programs(library):
    """Run all programs that are installed. Returns list of str, what is to be told of each.

    Raises:  WrongAnswerError when one does not write what it writes without the library.
    """
    return [
        f"{name}: {_told(name, library, *run)}" if shutil.which(run[0][0]) else f"{name}: not installed here"
        for name, run in PROGRAMS.items()
    ]


def _told(name, library, command, stdin):
    from refalloc.native.running import run_on

    plain = subprocess.run(command, input=stdin, capture_output=True, text=True, env={**os.environ, **USUAL})
    try:
        done, report = run_on(library, command, USUAL, input=stdin, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise WrongAnswerError(
            f"{name} did not end within {SECONDS} s on this library. Is a lane left locked"
        ) from None
    if done.returncode < 0:
        raise WrongAnswerError(
            f"{name} was ended by signal {-done.returncode} on this library and said {done.stderr.strip() or 'nothing'}"
        )
    if (done.returncode, done.stdout) != (plain.returncode, plain.stdout):
        raise WrongAnswerError(
            f"{name} wrote {len(done.stdout):,} characters on this library and ended with {done.returncode}; expected "
            f"the {len(plain.stdout):,} it writes without it, and {plain.returncode}. It said: {done.stderr.strip()}"
        )
    return f"the same {len(done.stdout):,} characters as without it. {str(report).removeprefix('refalloc: ')}"


@once
def times_of(library):
    """Processor times of python3 by turns. Returns (on the library, on the system's malloc), lists of int, ns."""
    from refalloc.native.running import preloading

    command = PROGRAMS["python3"][0]
    ours = [
        (_cpu_ns(command, preloading(library, **USUAL)), _cpu_ns(command, os.environ | USUAL)) for _ in range(ROUNDS)
    ]
    return [our for our, _ in ours], [their for _, their in ours]


def _cpu_ns(command, env):
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    usage = os.wait4(process.pid, 0)[2]
    process.returncode = 0
    return int((usage.ru_utime + usage.ru_stime) * 1e9)


@once
def ratio_alone(library):
    """Time of malloc and free alone, random lengths and order, as parts in UNIT of the system's; int."""
    from refalloc.native.running import preloading
    from refalloc.native.workloads import WORKLOADS, build_driver

    kind, *numbers = DRIVER
    command = [build_driver(), *map(str, (WORKLOADS.index(kind), *numbers))]

    def ns(env):
        return int(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.split()[0])

    ratios = sorted(ns(preloading(library)) * UNIT // ns(dict(os.environ)) for _ in range(ROUNDS))
    return ratios[ROUNDS // 2]


@once
def crash(library, fault):
    """Have a program make a mistake, one of FAULTS, and be stopped at it.

    Returns: (heap calls, address, what 14.2 is to say of it, the library's sentence). Calls are as 14.2 has them, their
             addresses counted from somewhere before the first.
    Raises:  WrongAnswerError when the program is not stopped.
    """
    from refalloc.native.running import preloading

    command = [sys.executable, "-S", "-c", CRASHING, fault]
    env = preloading(library, REFALLOC_CHECK="1")
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS)
    found = SENTENCE.search(done.stderr)
    if found is None or found[1] != fault:
        raise WrongAnswerError(
            f"With REFALLOC_CHECK=1, a program with the mistake {fault!r} ended with {done.returncode}; "
            f"expected that the library names the mistake. It said: {done.stderr.strip() or 'nothing'}"
        )
    calls = json.loads(done.stdout)
    base = min(addr for addr, _ in calls) // 4096 * 4096 - 4096
    start, byte = int(found[2], 16), int(found[3] or 0)
    number = _call_of(calls, start, freed=fault != "overrun")
    told = ["past" if fault == "overrun" else "freed", number, byte]
    return [[addr - base, length] for addr, length in calls], start + byte - base, told, found[0]


def _call_of(calls, start, freed):
    """The number of the last free of the block at `start`, or of its last malloc."""
    return max(number for number, (addr, length) in enumerate(calls) if addr == start and (length == 0) == freed)
