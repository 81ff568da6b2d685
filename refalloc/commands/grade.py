"""refalloc grade: marks for a class, its pages, and what other systems import."""

import functools
import os
import sys

import click

from refalloc.commands.grade_export import export, grade_one
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
from refalloc.course.stubs import stub_text
from refalloc.grader import GraderError
from refalloc.grader.marks import read_times
from refalloc.grader.pool import run_here
from refalloc.grader.probe import choose_level, try_level
from refalloc.grader.report import write_results
from refalloc.grader.run import grade_all, marks_of, plan, similar_answers
from refalloc.grader.sandbox import LEVELS
from refalloc.grader.store import Store
from refalloc.grader.submissions import find_submissions
from refalloc.heap import available_cpu_count

FILE = click.Path(exists=True, dir_okay=False)


GRADE_ALL = "SUBMISSIONS"  # the command that nobody writes: what stands in its place are folders


class GradeGroup(click.Group):
    """`refalloc grade export ...` is a command of its own; anything else after `grade` is for grading."""

    def parse_args(self, ctx, args):
        if not args or args[0] not in ({*self.commands, "-h", "--help"} - {GRADE_ALL}):
            args = [GRADE_ALL, *args]
        return super().parse_args(ctx, args)


@click.group(cls=GradeGroup)
def grade():
    """Grade what a class has handed in: `refalloc grade SUBMISSIONS --out RESULTS`.

    `refalloc grade SUBMISSIONS --help` lists the options of it, `refalloc grade export --help` the formats of others.
    """


@grade.command(GRADE_ALL)
@click.argument("places", metavar="...", nargs=-1, type=click.Path(exists=True))
@click.option("--out", metavar="RESULTS", type=click.Path(file_okay=False), help="Where results go, and are kept.")
@course_option
@hidden_option
@edition_option
@click.option(
    "--only", multiple=True, metavar="EXERCISE", help="Grade this exercise, such as 04.2; may be given again."
)
@click.option("--regrade", multiple=True, metavar="EXERCISE", help="Forget the results of this exercise first.")
@click.option(
    "--keep", type=click.Choice(["best", "last"]), default="best", show_default=True, help="Which attempt counts."
)
@late_options
@click.option("--times", type=click.Path(exists=True), help="A CSV with student and submitted: who handed in when.")
@click.option("--workers", type=click.IntRange(min=1), help="Answers at once; default: the CPUs of this machine.")
@click.option("--cluster", metavar="ADDRESS", help="Grade on a Dask cluster, by the address of its scheduler.")
@click.option("--tls-ca-file", type=FILE, help="For --cluster tls://...: who signs the certificates of the cluster.")
@click.option("--tls-cert", type=FILE, help="Ours; without these three, those of Dask's own configuration.")
@click.option("--tls-key", type=FILE, help="Of our certificate.")
@click.option("--level", type=click.Choice(LEVELS), help="This sandbox and no other.")
@click.option("--unsafe", is_flag=True, help="Allow a sandbox of rlimits alone.")
@click.option("--doctor", is_flag=True, help="Try every sandbox on this machine, and say what holds.")
@grader_errors
def grade_class(places, out, course_folder, hidden, edition, only, regrade, keep, doctor, level, unsafe, **options):
    """Grade SUBMISSIONS: folders of student folders or zips, or a download of Canvas, Moodle, Gradescope or
    GitHub Classroom.

    Several of them are rounds: who is in two of them has handed in twice. A run that was stopped goes on where it was.
    """
    if doctor:
        _print_doctor()
        return
    if not places or not out:
        raise click.UsageError("what to grade, and where to? `refalloc grade SUBMISSIONS --out RESULTS`")
    course = load_course(course_folder) if course_folder else find_course()
    exercises = [course.exercise(name) for name in only] or course.exercises
    term = load_edition(edition, course)
    policy = late_policy(options)
    times = read_times(options["times"]) if options["times"] else {}
    report = choose_level(level, unsafe)
    if report.leaks:
        click.secho(f"sandbox {report.level}: an answer can {', and '.join(report.leaks)}", fg="yellow", err=True)
    submissions = find_submissions(places)
    tasks = plan(submissions, exercises, report.level, term, hidden)
    with Store(out) as store:
        for name in regrade:
            store.forget(course.exercise(name).id)
        broken = _grade_with_progress(tasks, store, _runner(options))
        marks = marks_of(tasks, store, policy, times, keep)
        pairs = similar_answers(tasks, _stub_of)
        write_results(out, marks, pairs, report.level, term.name)
    full = sum(student.points == student.max_points for student in marks)
    count = f"{len(marks)} student{'s' * (len(marks) != 1)}"
    click.echo(f"{count} graded ({full} with all points), sandbox {report.level}: {out}/index.html", err=True)
    if broken:
        messages = {str(error) for error in broken.values()}
        raise GraderError(
            f"{len(broken)} answers could not be graded and have no mark:\n" + "\n".join(sorted(messages))
        )


def _stub_of(exercise):
    """What all started from, bytes; nothing for an exercise of somebody's own, which the package has no stub of."""
    try:
        return stub_text(exercise).encode()
    except FileNotFoundError:
        return b""


def _runner(options):
    if options["cluster"]:
        from refalloc.grader.cluster import run_on_cluster

        return functools.partial(run_on_cluster, address=options["cluster"], tls=_tls_files(options))
    return functools.partial(run_here, worker_count=options["workers"] or available_cpu_count())


def _tls_files(options):
    files = {name: options[f"tls_{name}"] for name in ("ca_file", "cert", "key")}
    if not any(files.values()):
        return None
    if not all(files.values()):
        raise click.UsageError("--tls-ca-file, --tls-cert and --tls-key are given together, as to `dask scheduler`")
    return files


def _grade_with_progress(tasks, store, run):
    if not sys.stderr.isatty():
        return grade_all(tasks, store, run)
    # Here and not above: a fifth of the time it takes to start, and a script has no use for it.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    to_do = len({task.job.key for task in tasks if store.get(task.job.key) is None})
    columns = TextColumn("grade"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("grade", total=to_do)
        return grade_all(tasks, store, run, lambda job, broken: progress.advance(bar))


def _print_doctor():
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        title=f"Sandboxes here, the strongest first{' (started as root, which each gives up)' * (os.geteuid() == 0)}"
    )
    for title in ("sandbox", "works", "what an answer could do in it"):
        table.add_column(title)
    for level in LEVELS:
        report = try_level(level)
        if report.missing:
            table.add_row(level, "no", escape(report.missing.splitlines()[-1]))
        else:
            table.add_row(level, "yes", escape("; ".join(report.leaks) or "none of what was tried"))
    Console(highlight=False).print(table)


grade.add_command(grade_one)
grade.add_command(export)
