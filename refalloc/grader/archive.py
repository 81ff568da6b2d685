"""What was handed in, as names and bytes. Nothing of it is written to disk, followed, or run.

Only regular files count: a link, a device or a pipe is passed over with a note, and so is what exceeds the caps. A name
in an archive is a name and never a path to write to.
"""

import io
import os
import stat
import zipfile
from dataclasses import dataclass, field
from pathlib import PurePosixPath

FILE_CAP = 1 << 18  # bytes of one file that are kept, and one more, so that a longer one is seen to be longer
ARCHIVE_CAP = 64 << 20  # bytes of an archive in an archive
TOTAL_CAP = 64 << 20  # bytes of one submission, unpacked
ENTRY_CAP = 20_000  # files and folders of one submission
DEPTH_CAP = 12  # folders in folders, and archives in archives
TOP = PurePosixPath()
SKIPPED_FOLDERS = {"__MACOSX", "__pycache__", ".git", ".venv", ".ipynb_checkpoints", "node_modules"}


@dataclass
class Content:
    """Files of a submission. Attributes: files: {PurePosixPath: bytes}; notes: list of str, what was passed over."""

    files: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    _entries: int = 0
    _bytes: int = 0

    def note(self, text):
        """Keep one more note, up to a few."""
        if len(self.notes) < 20:
            self.notes.append(text)

    def has_room(self, path):
        """Count one more entry. Returns bool."""
        self._entries += 1
        if self._entries == ENTRY_CAP + 1:
            self.note(f"more than {ENTRY_CAP:,} files: the rest were passed over")
        if len(path.parts) > DEPTH_CAP:
            self.note(f"{printable(path)}: too many folders deep, passed over")
            return False
        return self._entries <= ENTRY_CAP

    def add(self, path, data):
        """Keep a file, or open it when it is an archive."""
        self._bytes += len(data)
        if self._bytes > TOTAL_CAP:
            self.note(f"{printable(path)}: more than {TOTAL_CAP >> 20} MiB in all, passed over")
        elif path.suffix.lower() == ".zip":
            self.add_zip(data, path.with_suffix(""))
        else:
            self.files[path] = data

    def add_folder(self, folder, prefix=TOP):
        """Read the files of a folder. Links are not followed."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self.note(f"{printable(prefix)}: {error.strerror}")
            return
        for entry in entries:
            path = prefix / entry.name
            if entry.name in SKIPPED_FOLDERS or not self.has_room(path):
                continue
            if entry.is_dir(follow_symlinks=False):
                self.add_folder(entry.path, path)
            elif is_wanted(path):
                self.add_file(entry.path, path)

    def add_file(self, file, path):
        """Read one file of the file system, if it is a regular one."""
        cap = cap_of(path)
        try:
            # O_NONBLOCK: to open a pipe that nobody writes to would wait for ever.
            opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            self.note(f"{printable(path)}: not a file that can be read ({error.strerror}), passed over")
            return
        with open(opened, "rb") as stream:
            if stat.S_ISREG(os.fstat(opened).st_mode):
                self.add(path, stream.read(cap + 1))
            else:
                self.note(f"{printable(path)}: not a regular file, passed over")

    def add_zip(self, data, prefix):
        """Read the files of an archive, bytes or a binary file."""
        try:
            with zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data) as archive:
                for member in archive.infolist():
                    self._add_member(archive, member, prefix)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
            self.note(f"{printable(prefix)}: not an archive that can be read ({error})")

    def _add_member(self, archive, member, prefix):
        path = prefix / PurePosixPath(member.filename.replace("\\", "/"))
        kind = stat.S_IFMT(member.external_attr >> 16)
        if member.is_dir() or SKIPPED_FOLDERS & set(path.parts) or not self.has_room(path):
            return
        if path.is_absolute() or ".." in path.parts or kind not in (0, stat.S_IFREG):
            self.note(f"{printable(path)}: leads out of the archive or is no regular file, passed over")
        elif is_wanted(path):
            try:
                with archive.open(member) as stream:
                    self.add(path, stream.read(cap_of(path) + 1))
            except (RuntimeError, zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
                self.note(f"{printable(path)}: cannot be unpacked ({error})")


def is_wanted(path):
    """Whether a file may hold an answer: bool."""
    return path.suffix.lower() in (".py", ".zip")


def cap_of(path):
    """Bytes of `path` that are read at most: int."""
    return ARCHIVE_CAP if path.suffix.lower() == ".zip" else FILE_CAP


def printable(name):
    """A name that somebody else chose, on one line of plain text."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(name))[:200]
