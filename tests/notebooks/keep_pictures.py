"""Run lessons, and keep of their outputs the pictures of the cells tagged keep_output:

    python tests/notebooks/keep_pictures.py notebooks/04_size_classes.ipynb

A widget leaves its still and its sentence, a plot its picture, its sentence and its table; what needs a kernel is not
kept. Lessons run in a copy of the course, so
that nobody's guesses and progress are touched.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
KEPT = ("image/png", "text/plain")
KEPT_ALONE = ("text/html",)  # the table of a plot, which is an output of its own


def keep_pictures(path, course):
    """Run the notebook at `path` in the folder `course`, and write it without all outputs but pictures."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(course / "notebooks")}}).execute()
    notebook.metadata.pop("widgets", None)
    notebook.metadata.pop("language_info", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.execution_count = None
            is_kept = "keep_output" in cell.metadata.get("tags", [])
            cell.outputs = [_still(output) for output in cell.outputs if "data" in output] if is_kept else []
    nbformat.write(notebook, path)


def _still(output):
    kept = KEPT if "image/png" in output.data else KEPT_ALONE
    output.data = {kind: output.data[kind] for kind in kept}
    output.metadata = {kind: output.metadata[kind] for kind in kept if kind in output.metadata}
    if "execution_count" in output:
        output.execution_count = None
    return output


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name in ("exercises", "notebooks", "tests/solutions"):
            shutil.copytree(ROOT / name, Path(folder) / name)
        for path in sys.argv[1:]:
            keep_pictures(Path(path), Path(folder))
