"""What the screen of `refalloc check --watch` shows, as lines for a terminal of some width."""

import io

from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from refalloc.commands.printing import print_line
from refalloc.course import CourseError
from refalloc.course.solution import solution_text
from refalloc.course.text import exercise_line, hints_text, points, short_path, test_line, total_points, verdict

KEYS = {  # where rustlings has the same, the same key
    "n": ("next", "go to the next exercise that has not passed"),
    "h": ("hint", "show a hint, and one more each time"),
    "s": ("solution", "show the explained solution, once yours has passed"),
    "l": ("list", "show all exercises, and choose one"),
    "p": ("progress", "show your points, lesson by lesson"),
    "r": ("run", "run the check again, as each save does"),
    "x": ("reset", "put the stub back; your file is kept beside it"),
    "?": ("help", "show the keys"),
    "q": ("quit", "end; Ctrl-C does, too"),
}


def lines_of(view, width):
    """What `view`, a function of a rich Console, prints: list of str, with the terminal's codes for colours."""
    output = io.StringIO()
    try:
        view(Console(file=output, width=width, force_terminal=True, highlight=False, legacy_windows=False))
    except CourseError as error:
        output.write(str(error))
    return output.getvalue().rstrip("\n").split("\n")


def show_head(console, exercise, progress):
    """Three lines: exercise and points, its file, a rule."""
    course = progress.course
    try:
        passed = sum(bool(progress.passed(each)) for each in course.exercises)
        got = f"{points(*total_points(course, progress))}, {passed} of {len(course.exercises)} exercises"
    except CourseError:  # what is damaged is told where it is kept
        got = "progress unknown"
    row = Table.grid(expand=True)
    row.add_column(no_wrap=True, ratio=1)
    row.add_column(no_wrap=True, justify="right")
    row.add_row(Text(f"{exercise.id} {exercise.title}", style="bold"), got)
    console.print(row)
    console.print(Text(f"Edit {short_path(exercise.file)}"), no_wrap=True, overflow="ellipsis")
    console.print(Rule(style="dim"))


def show_check(console, check):
    """A check, as far as it has come. Args: check: with tests, a list, and report, None until it is there."""
    for test in check.tests if check.report is None else check.report.tests:
        print_line(console, f"  {test_line(test)}", test.outcome)
    if check.report is None:
        console.print("Checking ...", style="dim")
        return
    for line in verdict(check.report):
        print_line(console, line, check.report.outcome)
    if check.report.outcome == "correct":
        console.print("\nPress n for the next exercise, s for one way to do it, explained.")
    else:
        console.print("\nSave your file to check again; h gives a hint.")


def show_hints(console, exercise, hints):
    """The hints so far."""
    console.print(Text(hints_text(exercise, hints)))


def show_solution(console, exercise, progress):
    """The solution, or that it opens later."""
    console.print(Text(solution_text(exercise, progress)))


def show_list(console, progress, chosen):
    """All exercises, a line each. Args: chosen: int, the place of the one that is marked."""
    for place, exercise in enumerate(progress.course.exercises):
        line = f"{'>' if place == chosen else ' '} {exercise_line(exercise, progress)}"
        style = "reverse" if place == chosen else "green" if progress.passed(exercise) else ""
        console.print(Text(line, style=style), no_wrap=True, overflow="ellipsis")


def show_progress(console, progress):
    """Points of each lesson, as bars and numbers."""
    table = Table.grid(padding=(0, 2))
    for lesson in progress.course.lessons:
        got = sum(map(progress.points, lesson.exercises))
        most = sum(exercise.points for exercise in lesson.exercises)
        bar = ProgressBar(total=most, completed=got, width=20)
        table.add_row(f"{lesson.id} {lesson.title}", bar, points(got, most))
    console.print(table)
    if progress.next_exercise() is None:
        console.print("\nAll exercises have passed.")


def show_help(console):
    """The keys."""
    table = Table.grid(padding=(0, 2))
    for key, (_, does) in KEYS.items():
        table.add_row(Text(key, style="bold"), does)
    table.add_row(Text("up, down", style="bold"), "scroll, or choose in the list; space and j, k do, too")
    table.add_row(Text("Esc", style="bold"), "back to the report")
    console.print(table)


def show_foot(console, notice, keys, more):
    """What was said last, and the keys. Args: notice: str; keys: {key: name}; more: bool, whether there is more above
    the foot than the screen shows."""
    console.print(Rule("more below: down, space" if more else "", align="right", style="dim"))
    if notice:
        console.print(Text(notice, style="bold"))
    shown = Text()
    for key, name in keys.items():
        shown.append(key, style="bold").append(f"\N{NO-BREAK SPACE}{name}  ")
    console.print(shown)
