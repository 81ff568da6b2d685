"""The lessons' notebooks, as tests read them."""

import re
from pathlib import Path

import nbformat
import pytest

from refalloc.course.index import load_course

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
GLOSSARY = NOTEBOOKS / "glossary.ipynb"
COURSE = load_course(ROOT)
LESSONS = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)


def cells_of(lesson, kind=None):
    """The cells of a lesson's notebook, or those of a kind: "markdown", "code"."""
    cells = nbformat.read(lesson.notebook, as_version=4).cells
    return [cell for cell in cells if kind in (None, cell.cell_type)]


def text_cells(notebook):
    """[(id, source)] of the text cells of the notebook at a path."""
    cells = nbformat.read(notebook, as_version=4).cells
    return [(cell.id, cell.source) for cell in cells if cell.cell_type == "markdown"]


def prose_of(source):
    """The text of a cell as it is read: no code, and of links their words."""
    without_code = re.sub(r"`[^`]*`", "", source)
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", without_code).replace("*", "")
