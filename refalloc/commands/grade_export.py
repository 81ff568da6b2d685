"""refalloc grade one, refalloc grade export: what other systems call, and what they import."""

import json
import os
from dataclasses import replace
from pathlib import Path

import click

from refalloc.atomic import write_atomically
from refalloc.commands.grade_options import (
    course_option,
    edition_option,
    grader_errors,
    hidden_option,
    late_options,
    late_policy,
    load_edition,
)
from refalloc.course.index import find_course, load_course
from refalloc.grader import GraderError
from refalloc.grader.archive import Content
from refalloc.grader.exports import canvas, classroom50, github_classroom, gradescope, load_reports, moodle, nbgrader
from refalloc.grader.pool import run_here
from refalloc.grader.probe import choose_level
from refalloc.grader.report import as_plain
from refalloc.grader.run import marks_of, plan
from refalloc.grader.sandbox import LEVELS
from refalloc.grader.submissions import Submission

keep_option = click.option(
    "--keep",
    type=click.Choice(["last", "best"]),
    default="last",
    show_default=True,
    help="Which of Gradescope's submissions counts: this one, or the one with most points.",
)
FORMATS = ("json", "gradescope", "classroom50", "github-classroom")


@click.command("one")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--format", "form", type=click.Choice(FORMATS), default="json")
@click.option("--out", type=click.Path(dir_okay=False), help="Where to; default: standard output.")
@click.option("--student", help="Whose work it is: seeds the inputs. Default: as the metadata says, or else `student`.")
@course_option
@hidden_option
@edition_option
@click.option(
    "--metadata",
    type=click.Path(exists=True, dir_okay=False),
    help="Gradescope's submission_metadata.json: whose it is, when it was due and handed in, and earlier scores.",
)
@late_options
@keep_option
@click.option("--only", multiple=True, metavar="EXERCISE", help="Grade this exercise; may be given again.")
@click.option("--level", type=click.Choice(LEVELS), help="This sandbox and no other.")
@click.option("--unsafe", is_flag=True, help="Allow a sandbox of rlimits alone.")
@grader_errors
def grade_one(folder, form, out, student, course_folder, hidden, edition, metadata, keep, only, level, unsafe, **late):
    """Grade the one submission in FOLDER, and write the report that another system reads."""
    if metadata is not None and form != "gradescope":
        raise click.UsageError(f"--metadata is Gradescope's; --format {form} has no use for it")
    told = gradescope.read_metadata(metadata) if metadata else None
    if form == "classroom50":
        classroom50.require_runner(os.environ)  # before an answer is graded for nothing
    policy = late_policy(late)
    if told is None and policy.due is not None:
        raise click.UsageError("--due says nothing without --metadata, which tells when it was handed in")
    if told is not None and policy.due is None:
        policy = replace(policy, due=told.due)
    student = student or (told.student if told else "student")
    course = load_course(course_folder) if course_folder else find_course()
    exercises = [course.exercise(name) for name in only] or course.exercises
    term = load_edition(edition, course)
    report = choose_level(level, unsafe)
    content = Content()
    content.add_folder(folder)
    tasks = plan([Submission(student, content=content)], exercises, report.level, term, hidden)
    graded = dict(_graded(tasks))
    times = {(student, 1): told.submitted} if told else {}
    [marks] = marks_of(tasks, graded, policy, times)
    text = _text_of(form, as_plain(marks, report.level, term.name, with_details=False), told, keep)
    if out is None:
        click.echo(text)
    else:
        _write(out, text)


def _write(out, text):
    write_atomically(_place_of(out), text)


def _place_of(out):
    """The path to write to, in a folder that is there. Raises GraderError."""
    path = Path(out)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GraderError(f"{path} cannot be written: {error}") from None
    return path


def _graded(tasks):
    """(key, report) of every job. Raises GraderError for the first that could not be judged: no mark is better than
    a wrong one."""
    jobs = {task.job.key: task.job for task in tasks}
    for job, report in run_here(list(jobs.values()), worker_count=1):
        if isinstance(report, GraderError):
            raise report
        yield job.key, report


def _text_of(form, report, metadata, keep):
    if form == "github-classroom":
        return github_classroom.reporter_result(report)
    if form == "gradescope":
        earlier = metadata.previous if metadata and keep == "best" else ()
        report = gradescope.results(report, earlier)
    elif form == "classroom50":
        report = classroom50.result(report, os.environ)
    return json.dumps(report, indent=1)


@click.group()
def export():
    """Write marks, or a grader, in the format of another system."""


def out_option(command):
    """Decorates a command: where to write."""
    return click.option("--out", required=True, type=click.Path(dir_okay=False), help="The file to write.")(command)


results_argument = click.argument("results", type=click.Path(exists=True, file_okay=False))


@export.command("gradescope")
@out_option
@course_option
@hidden_option
@edition_option
@late_options
@keep_option
@grader_errors
def export_gradescope(out, course_folder, hidden, edition, keep, **late):
    """Make the zip that Gradescope takes as an autograder. Without --due the assignment's own date counts."""
    course = load_course(course_folder) if course_folder else find_course()
    load_edition(edition, course)
    policy = late_policy(late)
    options = ["--late-per-day", policy.percent_a_day, "--late-max", policy.max_percent, "--keep", keep]
    if policy.due is not None:
        options += ["--due", policy.due.isoformat()]
    gradescope.write_autograder(_place_of(out), course.root, hidden, edition, list(map(str, options)))


@export.command("canvas")
@results_argument
@out_option
@click.option("--gradebook", required=True, type=click.Path(exists=True, dir_okay=False), help="Canvas's own export.")
@click.option("--column", required=True, help="The assignment's title in it.")
@click.option(
    "--match", type=click.Choice(list(canvas.IDENTITIES)), default="id", show_default=True, help="Whose ids ours are."
)
@grader_errors
def export_canvas(results, out, gradebook, column, match):
    """Fill the gradebook that you exported from Canvas."""
    text, missing = canvas.fill(gradebook, load_reports(results), column, match)
    _write(out, text)
    _tell_missing(missing, gradebook, f"; its rows were searched by {canvas.IDENTITIES[match]!r} (--match)")


@export.command("moodle")
@results_argument
@out_option
@click.option("--item", default="refalloc", show_default=True, help="The grade item's name.")
@click.option("--roster", type=click.Path(exists=True), help="A CSV with student, username, idnumber and email.")
@grader_errors
def export_moodle(results, out, item, roster):
    """Write a CSV for Moodle's grade import, of 0 to 100."""
    people = moodle.read_roster(roster) if roster else None
    text, missing = moodle.import_csv(load_reports(results), item, people)
    _write(out, text)
    _tell_missing(missing, roster)


@export.command("moodle-worksheet")
@results_argument
@out_option
@click.option("--worksheet", required=True, type=click.Path(exists=True, dir_okay=False), help="As downloaded.")
@grader_errors
def export_moodle_worksheet(results, out, worksheet):
    """Fill the offline grading worksheet that you downloaded from Moodle."""
    text, missing = moodle.fill_worksheet(worksheet, load_reports(results))
    _write(out, text)
    _tell_missing(missing, worksheet)


@export.command("nbgrader")
@results_argument
@out_option
@click.option("--assignment", default="refalloc", show_default=True, help="The assignment's name.")
@click.option("--due", default="", help="When it was due.")
@grader_errors
def export_nbgrader(results, out, assignment, due):
    """Write the CSV that nbgrader exports."""
    _write(out, nbgrader.export_csv(load_reports(results), assignment, due))


@export.command("github-classroom")
@out_option
@grader_errors
def export_github_classroom(out):
    """Write the workflow of GitHub Classroom, for .github/workflows/classroom.yml of the template repository."""
    _write(out, github_classroom.workflow())


def _tell_missing(students, place, hint=""):
    if students:
        count = f"{len(students)} student{'s' * (len(students) != 1)}"
        click.echo(f"{place} has no row for {count}: {', '.join(students)}{hint}", err=True)
