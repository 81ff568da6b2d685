"""Parts of the allocator's text, for lessons to show: always from the file as it is now.

`#: [alloc.pop]` in allocator.py starts a part, which ends where the next one starts that does not lie inside it: alloc
goes on over alloc.large, alloc.pop and so on. The anchor lines themselves are not shown.
"""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from refalloc import allocator
from refalloc.course import CourseError

_ANCHOR = re.compile(r"\s*#: \[([a-z_.]+)\]")


@dataclass(frozen=True)
class Quote:
    """A part of allocator.py. Attributes: name, text: str; first, last: int, lines of the file, from 1."""

    name: str
    text: str
    first: int
    last: int

    def __repr__(self):
        return f"refalloc/allocator.py, lines {self.first} to {self.last}\n\n{self.text}"

    def _repr_markdown_(self):
        return f"```python\n{self.text}```\n*refalloc/allocator.py, lines {self.first} to {self.last}*"


def quote(name, docstring=True):
    """The part of allocator.py that starts at `#: [name]`.

    Args:    name: str; docstring: bool, False to leave out the docstring of a function.
    Returns: Quote.
    Raises:  CourseError.
    """
    lines = Path(allocator.__file__).read_text(encoding="utf-8").splitlines()
    anchors = [(number, found[1]) for number, line in enumerate(lines) if (found := _ANCHOR.match(line))]
    starts = [number + 1 for number, anchor in anchors if anchor == name]
    if not starts:
        names = ", ".join(anchor for _, anchor in anchors if anchor != "end")
        raise CourseError(f"allocator.py has no part {name!r}; it has {names}")
    first = starts[0]
    ends = [n for n, anchor in anchors if n >= first and not anchor.startswith(f"{name}.")]
    last = min(ends, default=len(lines))
    while lines[last - 1].strip() == "":
        last -= 1
    part = [line for line in lines[first:last] if not _ANCHOR.match(line)]
    text = textwrap.dedent("\n".join(part)) + "\n"
    if not docstring:
        text = re.sub(r'^ +"""(?:[^"]|"(?!""))*"""\n', "", text, count=1, flags=re.MULTILINE)
    return Quote(name, text, first + 1, last)
