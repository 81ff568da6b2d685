"""Folders for temporary files that do not outlive their run: what a killed run leaves, the next one removes.

A folder is locked (flock) while any process lives that has its descriptor: the one that made it, and those that it was
passed to. Whoever gets the lock of a folder knows that nobody works there any more.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "refalloc-run-"


class Scratch:
    """A new folder among the system's temporary files. Use it as a context manager, or call close().

    Attributes: path: Path; descriptor: int, of the folder, which holds the lock.
    """

    def __init__(self):
        sweep()
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
            descriptor = _locked(self.path)
            if descriptor is not None:  # or else another run that sweeps was quicker than our lock
                break
        self.descriptor = descriptor
        self.path.chmod(0o711)  # a worker is another user, and has its answer in here

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Remove the folder, once all who have the descriptor have ended."""
        os.close(self.descriptor)
        _remove(self.path)


@contextlib.contextmanager
def alone_in(folder):
    """Around work in `folder` that only one process may do at a time; others wait."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sweep():
    """Remove what runs of this user have left that were killed."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # somebody works there, or another run is sweeping too
            if path.lstat().st_uid == os.geteuid():
                _remove(path, fcntl.LOCK_NB)


def _remove(path, wait=0):
    descriptor = _locked(path, wait)
    if descriptor is not None:
        try:
            shutil.rmtree(path)
        finally:
            os.close(descriptor)


def _locked(path, wait=0):
    """A descriptor of the folder `path` with its lock; None when it has been removed. Raises BlockingIOError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | wait)
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):
            return descriptor
    except FileNotFoundError:  # removed while we waited
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None
