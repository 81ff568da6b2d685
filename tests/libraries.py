"""Libraries that tests run programs on, and what tests need of the system."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import learners
import pytest

from refalloc import allocator, improved
from refalloc.native.export import cached_library
from refalloc.native.running import preloading

TEXTS = {"reference": allocator, "improved": improved, "learner": learners}
CAPSTONE = Path(__file__).parent / "solutions" / "12_the_whole_allocator" / "exercise_1" / "solution.py"


@functools.cache
def library(name):
    """Path of the library of a text of TEXTS, or of the capstone's solution."""
    return cached_library(CAPSTONE if name == "capstone" else TEXTS[name])


def require_program(name, package):
    """Skip where a program is not installed; a failure where everything has to be."""
    if shutil.which(name) is None:
        sentence = f"{name} is not installed; run: apt install {package}"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)


def run(command, name=None, stdin=b"", timeout=300, cwd=None, **settings):
    """Run a program, on the library of a text if `name` says so. Returns subprocess.CompletedProcess, of bytes."""
    env = {**os.environ, "PYTHONMALLOC": "malloc", "LC_ALL": "C.UTF-8", **settings}
    if name is not None:
        env = {**env, "LD_PRELOAD": preloading(library(name))["LD_PRELOAD"]}
    return subprocess.run(command, input=stdin, capture_output=True, timeout=timeout, env=env, cwd=cwd)


def run_python(script, name=None, *args, **settings):
    """Run a Python script, given as text, on the library of a text."""
    return run([sys.executable, "-c", script, *map(str, args)], name, **settings)


def build_c(path, source):
    """Compile a C program. Returns `path`."""
    # gcc knows malloc, and would leave out what is wrong with its use.
    subprocess.run(["gcc", "-O1", "-w", "-fno-builtin", "-x", "c", "-o", path, "-"], input=source.encode(), check=True)
    return path
