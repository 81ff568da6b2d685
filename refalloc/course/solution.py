"""The explained solution of an exercise, which opens after passing."""

from refalloc.course import CourseError


def solution_text(exercise, progress):
    """The text of solution.py of `exercise`. Raises CourseError before it has passed, or where there is none."""
    if not progress.passed(exercise):
        raise CourseError(f"The solution of {exercise.id} opens when your own passes; its hints help until then")
    if not exercise.solution.is_file():
        raise CourseError(f"This copy of the course has no solutions (looked for {exercise.solution}); ask who gave it")
    return exercise.solution.read_text(encoding="utf-8")
