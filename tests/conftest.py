import os
import shutil
from pathlib import Path

import pytest

from refalloc.course.index import load_course
from refalloc.course.stubs import stub_text

ROOT = Path(__file__).parents[1]
os.environ.pop("COLUMNS", None)  # pytest-xdist says that its workers' terminals are 80 wide


def pytest_addoption(parser):
    parser.addoption("--class-size", type=int, default=26, help="students of the made-up class in tests/grader")


@pytest.fixture
def course(tmp_path):
    """A course folder of its own, in which no exercise has been touched."""
    shutil.copytree(ROOT / "exercises", tmp_path / "exercises", ignore=shutil.ignore_patterns("*.kept-*"))
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(ROOT / "tests" / "solutions", tmp_path / "tests" / "solutions")
    loaded = load_course(tmp_path)
    for exercise in loaded.exercises:
        exercise.file.write_text(stub_text(exercise))
    return loaded
