"""How everything here is compiled, and where compiled code is kept.

Compiled code is kept on disk, under a digest of all source that it comes from: this package's own, a learner's text,
and the versions of the compiler. Numba's own cache looks at the file of one function, and misses a change in what that
function calls.
"""

import functools
import hashlib
import os
import shutil
import sys
import time
import warnings
from pathlib import Path

import llvmlite
import numba
import platformdirs
from numba import njit
from numba.core import caching

OPTIONS = {"nogil": True, "error_model": "numpy", "boundscheck": False}  # of njit, for all code that is compiled here
KEPT_DIGESTS = 64  # folders in the cache; beyond that, those go that no process has asked for in KEPT_SECONDS
KEPT_SECONDS = 24 * 3600  # or a program would lose the library that it is about to load


def compiled(function):
    """Decorator: compile a function of this package when it is called, and keep it on disk."""
    dispatcher = njit(**OPTIONS)(function)
    keep_on_disk([dispatcher])
    return dispatcher


def keep_on_disk(dispatchers, meaning=""):
    """Keep what `dispatchers` compile.

    Args:    meaning: str, all that it depends on beside this package.
    Returns: str, the digest it is kept under.
    """
    digest = _digest(meaning)
    try:
        folder = cache_folder(meaning)
    except OSError as error:
        warnings.warn(
            f"compiled code is not kept: {error.filename} cannot be made ({error.strerror}); "
            "set XDG_CACHE_HOME to a folder that can be written",
            stacklevel=2,
        )
        return digest
    for dispatcher in dispatchers:
        dispatcher._cache = _cache_in(folder)(dispatcher.py_func)
    return digest


@functools.cache
def _cache_in(folder):
    class Locator(caching._CacheLocator):
        """All functions of one text in one folder, whose name is the digest of all source: never stale."""

        @classmethod
        def from_function(cls, py_func, py_file):
            return cls()

        def get_cache_path(self):
            return str(folder)

        def get_source_stamp(self):
            return folder.name

        def get_disambiguator(self):
            return "text"

    class Impl(caching.CompileResultCacheImpl):
        _locator_classes = [Locator]  # noqa: RUF012, as in the class it replaces

    class Cache(caching.FunctionCache):
        _impl_class = Impl

    return Cache


def cache_folder(meaning):
    """The folder for what is made from `meaning`, as in keep_on_disk. Raises OSError when it cannot be made."""
    return _make(_digest(meaning))


@functools.cache
def _make(digest):
    folder = platformdirs.user_cache_path("refalloc") / "native" / digest
    if folder.is_dir():
        os.utime(folder)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        _drop_old(folder.parent)
    return folder


def _digest(meaning):
    digest = _package_digest().copy()
    digest.update(meaning.encode())
    return digest.hexdigest()[:32]


@functools.cache
def _package_digest():
    digest = hashlib.sha256()
    for version in (sys.version, numba.__version__, llvmlite.__version__):
        digest.update(version.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest


def _drop_old(parent):
    asked = sorted(((folder.stat().st_mtime, folder) for folder in parent.iterdir()), reverse=True)
    for last_asked, folder in asked[KEPT_DIGESTS:]:
        if time.time() - last_asked > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)  # another process may be at it too
