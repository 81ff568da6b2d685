"""Files that are replaced in one step."""

import os
import tempfile

PART = ".part"  # ends the name of a file that is not whole yet


def write_atomically(path, text):
    """Replace the file at `path`, so that whoever reads it finds the old text or the new, never half of one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=PART)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
