"""Reports as HTML for a notebook: plain tables that follow its theme, words and not colour alone."""

import html
import os
from pathlib import Path

from refalloc.course.text import (
    exercise_line,
    message,
    milestone_line,
    milestone_verdict,
    points,
    test_line,
    total_points,
)

COLOURS = {  # JupyterLab's own, which change with its theme; the second where there is no JupyterLab
    "correct": "var(--jp-success-color1, #2e7d32)",
    "not attempted": "var(--jp-warn-color1, #b26a00)",
}
WRONG = "var(--jp-error-color1, #c62828)"


def report_html(report):
    """A CheckReport: outcome, message, tests, and a link to the file."""
    name, points_got = f"{report.exercise} {html.escape(report.title)}", points(report.points, report.max_points)
    parts = [f"<p><b>{name}</b>: <b>{report.outcome}</b>, {points_got}</p>"]
    if said := message(report):
        parts.append(f"<p>{_code(said)}</p>")
    if report.lines:
        parts.append(_lines(report.lines))
    if report.printed:
        parts += ["<p>Your code printed:</p>", _lines(report.printed.splitlines())]
    parts.append(_lines(test_line(test) for test in report.tests))
    quoted = f"&quot;{report.exercise}&quot;"
    if report.outcome == "correct":
        parts.append(f"<p><code>solution({quoted})</code> shows one way to do it, explained.</p>")
    else:
        link = file_link(report.file)
        parts.append(f"<p>Edit {link}, save it, run this cell again; <code>hint({quoted})</code> helps.</p>")
    return _box(COLOURS.get(report.outcome, WRONG), parts)


def milestone_html(milestone, report, files):
    """A milestone's CheckReport: its pieces, and what it comes to. Args: as text.milestone_verdict."""
    head = f"<p><b>Milestone {milestone.id}: {html.escape(milestone.title)}</b></p>"
    parts = [head, _lines(milestone_line(test) for test in report.tests)]
    parts.append(_lines(milestone_verdict(milestone, report, files), wraps=True))
    return _box(COLOURS.get(report.outcome, WRONG), parts)


def hints_html(exercise, hints, hint_count):
    """Hints as a numbered list."""
    items = "".join(f"<li>{_code(hint)}</li>" for hint in hints)
    more = "" if len(hints) == hint_count else "<p>Not enough? Run this cell again.</p>"
    head = f"<p><b>{exercise.id} {html.escape(exercise.title)}</b>: {len(hints)} of {hint_count} hints</p>"
    return _box(COLOURS["not attempted"], [head, f"<ol>{items}</ol>", more])


def progress_html(course, progress):
    """The course at a glance."""
    parts = []
    for lesson in course.lessons:
        parts.append(f"<p><b>{lesson.id} {html.escape(lesson.title)}</b></p>")
        parts.append(_lines(exercise_line(exercise, progress) for exercise in lesson.exercises))
    got, most = total_points(course, progress)
    return _box(COLOURS["correct"], [*parts, f"<p>{points(got, most)}</p>"])


def file_link(file):
    """A link that opens `file` in JupyterLab, named by its last three parts: exercises/04_size_classes/..."""
    path = html.escape(os.path.relpath(file).replace(os.sep, "/"))
    return f'<a href="{path}">{html.escape("/".join(Path(file).parts[-3:]))}</a>'


def _box(colour, parts):
    return f'<div style="border-left: 4px solid {colour}; padding-left: 12px">{"".join(parts)}</div>'


def _lines(lines, wraps=False):
    """Lines as they are: sentences wrap; tables are scrolled, since a wrapped one cannot be read."""
    text = "\n".join(html.escape(line) for line in lines)
    if wraps:
        return f'<pre style="white-space: pre-wrap; word-break: normal; margin: 0.5em 0">{text}</pre>'
    return f'<pre tabindex="0" style="white-space: pre; overflow-x: auto; margin: 0.5em 0">{text}</pre>'


def _code(text):
    """`code` of a hint as code."""
    pieces = html.escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces))


def source_html(source):
    """Python source."""
    return _box(COLOURS["correct"], [_lines(source.splitlines())])


def sentence_html(sentence):
    """A sentence on its own."""
    return _box(COLOURS["not attempted"], [f"<p>{_code(sentence)}</p>"])
