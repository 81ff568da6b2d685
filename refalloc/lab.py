"""What a notebook of the course imports.

check("04.1")       run the checks of an exercise on your file
hint("04.1")        the next of its three hints
milestone("07")     your own functions of many exercises, put together
solution("04.1")    an explained solution, once yours has passed
progress()          what has passed
predict("04 waste", "How much?") asks for a guess; .result(1.5) on it shows the guess beside what was measured
check_panel("04.1") the checks as a panel: live, and again each time that you save
progress_panel()    what has passed, lesson by lesson
quote("alloc.pop")  a part of the allocator's text
own_text("12.1")    your allocator, once it has passed
asked_lengths("sqlite"), plot_bytes, plot_layouts, plot_slots, plot_stairs, plot_waste
plot_free_list, plot_growth, plot_space_and_time, plot_turns
plot_blowup, plot_lanes_used, plot_throughput for what you measure yourself
LaneTable, MemoryMap, SchedulePlayer, SizeClasses, SlabRuler, each with controls
"""

import importlib
from collections import Counter
from dataclasses import asdict
from functools import partial

from refalloc import allocator
from refalloc.course import CourseError, html, text
from refalloc.course.guesses import Guesses
from refalloc.course.index import HINT_COUNT, find_course
from refalloc.course.milestones import find_milestone, own_files
from refalloc.course.progress import Progress
from refalloc.course.quote import quote
from refalloc.course.runner import check_exercise, run_milestone
from refalloc.course.solution import solution_text
from refalloc.pictures.free_list import plot_free_list
from refalloc.pictures.growth import plot_growth
from refalloc.pictures.measured import plot_blowup, plot_lanes_used, plot_throughput
from refalloc.pictures.memory import plot_bytes, plot_layouts
from refalloc.pictures.plots import plot_slots, plot_stairs, plot_waste
from refalloc.pictures.space_and_time import plot_space_and_time
from refalloc.pictures.turns import plot_turns
from refalloc.student import load
from refalloc.trace.packed import ALLOC, load_trace

__all__ = [
    "asked_lengths",
    "check",
    "check_panel",
    "hint",
    "milestone",
    "own_text",
    "plot_blowup",
    "plot_bytes",
    "plot_free_list",
    "plot_growth",
    "plot_lanes_used",
    "plot_layouts",
    "plot_slots",
    "plot_space_and_time",
    "plot_stairs",
    "plot_throughput",
    "plot_turns",
    "plot_waste",
    "predict",
    "progress",
    "progress_panel",
    "quote",
    "solution",
]

WIDGETS = {
    "LaneTable": "lane_table",
    "MemoryMap": "memory_map",
    "SchedulePlayer": "schedule_player",
    "SizeClasses": "size_classes",
    "SlabRuler": "slab_ruler",
}


def __getattr__(name):
    """A widget's class, imported when it is first asked for: widgets take a third of a second to import."""
    if name not in WIDGETS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"refalloc.pictures.{WIDGETS[name]}"), name)


class Shown:
    """Something that a notebook shows as HTML, and anything else as text.

    Attributes: value: what it is about, such as a CheckReport.
    """

    def __init__(self, value, text, html):
        self.value = value
        self._text = text
        self._html = html

    def __repr__(self):
        return self._text

    def _repr_html_(self):
        return self._html


def check(exercise):
    """Run the checks of an exercise on the learner's file, in a fresh process.

    Args:    exercise: str, such as "04.1".
    Returns: Shown; its value is a CheckReport.
    Raises:  CourseError.
    """
    course = find_course()
    report = check_exercise(course.exercise(exercise))
    try:
        Progress(course).record(report)
    except CourseError as error:  # the verdict stands all the same
        problem = str(error)
    else:
        problem = ""
    return _shown(report, text.report_text(report), html.report_html(report), problem)


def milestone(lesson):
    """Run the learner's own functions of earlier exercises together, on heap calls that a real program made.

    Args:    lesson: str, the number of the lesson that the milestone follows, such as "07".
    Returns: Shown; its value is a CheckReport.
    Raises:  CourseError.
    """
    chosen = find_milestone(lesson)
    files = own_files(chosen, find_course())
    report = run_milestone(chosen, files)
    return Shown(report, text.milestone_text(chosen, report, files), html.milestone_html(chosen, report, files))


def hint(exercise, number=None):
    """The next hint for an exercise, with those before it; or those up to `number`, 1 to 3. Raises CourseError."""
    course = find_course()
    chosen = course.exercise(exercise)
    hints, problem = Progress(course).show_hint(chosen, number)
    return _shown(hints, text.hints_text(chosen, hints), html.hints_html(chosen, hints, HINT_COUNT), problem)


def _shown(value, as_text, as_html, problem):
    """Shown, and below it why something could not be kept, if `problem` says so."""
    if problem:
        warning = f"Warning: {text.sentence(problem)}"
        as_text, as_html = f"{as_text}\n{warning}", as_html + html.sentence_html(warning)
    return Shown(value, as_text, as_html)


def solution(exercise):
    """The explained solution of an exercise that has passed; before, a sentence that says so."""
    course = find_course()
    try:
        source = solution_text(course.exercise(exercise), Progress(course))
    except CourseError as error:
        return Shown(None, text.sentence(str(error)), html.sentence_html(text.sentence(str(error))))
    return Shown(source, source, html.source_html(source))


def progress():
    """The course at a glance: what has passed, and the points."""
    course = find_course()
    record = Progress(course)
    return Shown(record, text.progress_text(course, record), html.progress_html(course, record))


def own_text(exercise="12.1"):
    """The learner's whole allocator, once it has passed; until then the reference.

    Args:    exercise: str, one whose file has alloc, free, resize and remap.
    Returns: (module, str): the text, and a sentence that says which it is.
    Raises:  CourseError; StudentError when the file cannot be executed any more.
    """
    course = find_course()
    chosen = course.exercise(exercise)
    if not Progress(course).passed(chosen):
        return allocator, f'refalloc\'s own allocator, as yours has not passed yet: check("{exercise}")'
    return load(chosen.file), f"your allocator, {chosen.stub}"


def predict(name, question, choices=(), unit=""):
    """Ask the learner for a guess, which is kept beside the progress under `name`, and shown again at each later run.

    Args:    name: str, one of its own, the lesson's number first, such as "04 waste". question: str.
             choices: list of str, or none for a number. unit: str, of the number, such as "bytes".
    Returns: pictures.prediction.Prediction; print(its result(value)) shows the guess beside what was measured.
    Raises:  CourseError.
    """
    from refalloc.pictures.prediction import Prediction

    guesses = Guesses(find_course())
    keep, show = partial(guesses.keep, name), partial(guesses.show, name)
    return Prediction(question, choices, unit, **guesses.entry(name), keep=keep, show=show)


def check_panel(exercise):
    """The checks of an exercise as a panel that runs them at once, and again whenever the file is saved.

    Args:    exercise: str, such as "04.1".
    Returns: pictures.check_panel.CheckPanel.
    Raises:  CourseError.
    """
    from refalloc.pictures.check_panel import CheckPanel

    course = find_course()
    chosen = course.exercise(exercise)
    record = Progress(course)

    def run(on_test):
        report = check_exercise(chosen, on_test=lambda test: on_test(asdict(test)))
        told = report.as_dict()
        try:
            record.record(report)
        except CourseError as error:
            told["message"] = f"{told['message']} Warning: {text.sentence(str(error))}".lstrip()
        return told

    link = chosen.file.relative_to(course.root).as_posix()
    told = {"id": chosen.id, "title": chosen.title, "file": str(chosen.file), "link": link}
    panel = CheckPanel(told, run, lambda: record.show_hint(chosen)[0], HINT_COUNT, watches=True)
    panel.check()
    return panel


def progress_panel():
    """The course at a glance, as a picture: pictures.check_panel.Progress."""
    from refalloc.pictures.check_panel import Progress as ProgressPicture

    course = find_course()
    record = Progress(course)
    return ProgressPicture([_told_lesson(lesson, record) for lesson in course.lessons])


def _told_lesson(lesson, record):
    """A lesson and its exercises as rows for progress_panel."""
    exercises = [
        {
            "id": exercise.id,
            "title": exercise.title,
            "passed": record.passed(exercise) is not None,
            "points": record.points(exercise),
            "max_points": exercise.points,
            "hints": record.hints_shown(exercise),
        }
        for exercise in lesson.exercises
    ]
    return {"id": lesson.id, "title": lesson.title, "exercises": exercises}


def asked_lengths(program, longest):
    """How often a recorded program asked for each length.

    Args:    program: str, the name of a packed trace; longest: int, bytes; longer blocks are left out.
    Returns: Counter, {length in bytes: blocks}.
    Raises:  TraceError.
    """
    trace = load_trace(program)
    lengths = trace.size[(trace.op == ALLOC) & (trace.size <= longest)]
    return Counter(lengths.tolist())
