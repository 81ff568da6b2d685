"""No word is misspelt: in what learners and contributors read, and in the code."""

import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
FOLDERS = (
    "refalloc",
    "exercises",
    "tests",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "Makefile",
    "pyproject.toml",
)


def misspelt(*arguments, folder=ROOT):
    config = ["--toml", ROOT / "pyproject.toml"]
    done = subprocess.run(
        [sys.executable, "-m", "codespell_lib", *config, *arguments], cwd=folder, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.stdout


def test_files():
    assert misspelt("--skip", "*.npz,__pycache__", *FOLDERS) == ""


def test_notebooks(tmp_path):
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        sources = [f"{cell.id}: {cell.source}" for cell in nbformat.read(path, as_version=4).cells]
        (tmp_path / path.stem).write_text("\n\n".join(sources))
    assert misspelt(".", folder=tmp_path) == ""


def test_a_misspelt_word_is_found(tmp_path):
    (tmp_path / "text").write_text("rotacola na"[::-1])  # backwards: this file is read too
    assert "==> allocator" in misspelt(".", folder=tmp_path)
