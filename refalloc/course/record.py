"""A JSON file below COURSE/.refalloc that keeps a table: {"version": 1, PART: {name: {...}}}.

Several kernels and terminals may change it at once: each change is made under a lock, and the file is replaced whole.
"""

import contextlib
import json

from refalloc.atomic import write_atomically
from refalloc.course import CourseError

VERSION = 1


class Record:
    """One such file.

    Args:    course: index.Course. part: str, the table's name. file_name: str. remedy: str, what to do about a damaged
             file after it is moved away.
    """

    def __init__(self, course, part, file_name, remedy):
        self.folder = course.root / ".refalloc"
        self.path = self.folder / file_name
        self._part = part
        self._remedy = remedy

    def read(self):
        """The table: {name: entry, a dict}; empty when there is no file yet. Raises CourseError for a damaged one."""
        try:
            table = json.loads(self.path.read_text(encoding="utf-8"))
            entries = table[self._part]
            if table["version"] != VERSION or not all(isinstance(entry, dict) for entry in entries.values()):
                raise ValueError(f"version {table['version']}")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CourseError(
                f"{self.path} is damaged ({type(error).__name__}: {error}); move it away, and {self._remedy}"
            ) from error
        return entries

    @contextlib.contextmanager
    def changing(self):
        """Read, let the caller change the table that it is given, write; one process at a time."""
        try:
            self.folder.mkdir(exist_ok=True)
            with _locked(self.folder / "lock"):
                entries = self.read()
                yield entries
                text = json.dumps({"version": VERSION, self._part: entries}, indent=1, sort_keys=True)
                write_atomically(self.path, text + "\n")
        except OSError as error:
            raise CourseError(
                f"your {self.path.stem} cannot be kept in {self.folder} ({error.strerror}); make that folder writable"
            ) from error


@contextlib.contextmanager
def _locked(path):
    try:
        import fcntl
    except ImportError:  # Windows: two changes in the same millisecond could lose one there
        yield
        return
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
