"""Files that are replaced in one step."""

import os
import tempfile


def write_atomically(path, text):
    """Replace the file at `path`, so that whoever reads it finds the old text or the new, never half of one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
