"""The browser's part of a picture, as the one ES module that a widget is given.

The files in static/ are plain ES modules that import each other, so that node, the linter and the type checker read
them as they are. A widget's module is text without a place of its own and cannot import its neighbours; so the files
that it needs are put one after the other, and their import and export words dropped.
"""

import functools
import json
import re
from importlib import resources

_IMPORT = re.compile(r'^import (?P<names>.+?) from "\./(?P<file>[\w.]+)"(?: with \{ type: "json" \})?;$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)((?:async )?(?:const|function|class) (\w+))", re.MULTILINE)


def static_text(name):
    """The text of a file in static/."""
    return (resources.files("refalloc") / "pictures" / "static" / name).read_text("utf-8")


@functools.cache
def joined_module(name):
    """static/`name` and all that it imports, as one ES module: str."""
    parts: dict[str, str] = {}
    _add(name, parts)
    return "\n".join(parts.values())


def _add(name, parts):
    if name in parts:
        return
    text = static_text(name)
    for found in _IMPORT.finditer(text):
        _add(found["file"], parts) if found["file"].endswith(".js") else None
    text = _IMPORT.sub(_replacement, text)
    if re.search(r"^import ", text, re.MULTILINE):
        raise ValueError(f"static/{name} has an import of a form that cannot be joined; write it on one line")
    parts[name] = f"// {name}\n" + _EXPORT.sub(r"\1", text)


def _replacement(found):
    names, file = found["names"], found["file"]
    if file.endswith(".json"):
        # Several files may want the same data; a block-scoped name can be declared once, a var again.
        return f"var {names} = {json.dumps(json.loads(static_text(file)))};"
    if names.startswith("* as "):
        exports = ", ".join(found[2] for found in _EXPORT.finditer(static_text(file)))
        return f"var {names.removeprefix('* as ')} = {{ {exports} }};"
    return ""
