"""The part of an instructor's page that follows from the course: `python tests/teaching.py` writes it anew in all."""

import json
from pathlib import Path

from refalloc.course.index import load_course

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "refalloc" / "course" / "teaching"
COURSE = load_course(ROOT)
MARK = "<!-- From here on: python tests/teaching.py -->\n"
FAILS_WITH = "# fails with: "


def page_of(lesson):
    return PAGES / f"{lesson.notebook.stem}.md"


def goals(lesson):
    """What the lesson itself says that one can do after it."""
    first = "".join(json.loads(lesson.notebook.read_text(encoding="utf-8"))["cells"][0]["source"])
    return next(part for part in first.split("\n\n") if part.startswith("After this lesson you can "))


def generated(lesson):
    """Goals, minutes, and the common errors with what the checks say to them."""
    minutes = sum(exercise.minutes for exercise in lesson.exercises)
    parts = [
        f"## Goals\n\n{goals(lesson)}\n",
        f"## Exercises\n\n{len(lesson.exercises)}, of {minutes} minutes in all.\n",
    ]
    for exercise in lesson.exercises:
        rows = [f"| {error_name(file)} | {cell(message(file))} |" for file in wrong_answers(exercise)]
        worth = f"{exercise.points} point{'' if exercise.points == 1 else 's'}"
        parts.append(
            f"### {exercise.id} {exercise.title}\n\n"
            f"{exercise.minutes} minutes, {worth}. Common errors, and what the check says:\n\n"
            "| error | message |\n|---|---|\n" + "\n".join(rows) + "\n"
        )
    return "\n".join(parts)


def wrong_answers(exercise):
    return sorted(exercise.solution.parent.glob("wrong_*.py"))


def error_name(file):
    return file.stem.removeprefix("wrong_").replace("_", " ")


def message(file):
    return file.read_text(encoding="utf-8").splitlines()[0].removeprefix(FAILS_WITH)


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def main():
    for lesson in COURSE.lessons:
        page = page_of(lesson)
        by_hand = page.read_text(encoding="utf-8").partition(MARK)[0]
        page.write_text(by_hand + MARK + "\n" + generated(lesson), encoding="utf-8")


if __name__ == "__main__":
    main()
