"""refalloc leaderboard: a class's allocators, ranked."""

import contextlib
import dataclasses
import json
import tempfile

import click

from refalloc.commands.grade_export import course_option, edition_option, grader_errors, load_edition
from refalloc.course.index import find_course, load_course
from refalloc.grader import GraderError
from refalloc.grader.leaderboard import EXERCISE, contest_tasks, ranked
from refalloc.grader.pool import run_here
from refalloc.grader.probe import choose_level
from refalloc.grader.run import grade_all
from refalloc.grader.sandbox import LEVELS
from refalloc.grader.store import Store
from refalloc.grader.submissions import find_submissions
from refalloc.heap import available_cpu_count


@click.command()
@click.argument("places", metavar="SUBMISSIONS...", nargs=-1, required=True, type=click.Path(exists=True))
@click.option(
    "--results",
    metavar="RESULTS",
    type=click.Path(file_okay=False),
    help="The folder of `refalloc grade --out`: what was measured is kept there, and not measured again.",
)
@click.option("--ids", is_flag=True, help="Show the students' ids too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of places, and nothing else.")
@course_option
@edition_option
@click.option("--workers", type=click.IntRange(min=1), help="Answers at once; default: the CPUs of this machine.")
@click.option("--level", type=click.Choice(LEVELS), help="This sandbox and no other.")
@click.option("--unsafe", is_flag=True, help="Allow a sandbox of rlimits alone.")
@grader_errors
def leaderboard(places, results, ids, as_json, course_folder, edition, workers, level, unsafe):
    """Rank the whole allocators (exercise 12.1) of SUBMISSIONS on space times time, under names that students chose.

    A student's name is what NAME = "..." in the answer says. Both figures are multiples of the reference's on the heap
    calls of real programs: bytes mapped, and steps, which are the same on every machine. Less is better. Answers run
    in the sandbox that `refalloc grade` uses, and only those that pass all checks are ranked.
    """
    course = load_course(course_folder) if course_folder else find_course()
    term = load_edition(edition, course)
    report = choose_level(level, unsafe)
    if report.leaks:
        click.secho(f"sandbox {report.level}: an answer can {', and '.join(report.leaks)}", fg="yellow", err=True)
    tasks = contest_tasks(find_submissions(places), course.exercise(EXERCISE), report.level, term)
    with contextlib.ExitStack() as stack:
        folder = results or stack.enter_context(tempfile.TemporaryDirectory(prefix="refalloc-"))
        store = stack.enter_context(Store(folder))
        broken = grade_all(tasks, store, lambda jobs: run_here(jobs, workers or available_cpu_count()))
        board, others = ranked(tasks, store)
    if as_json:
        shown = [dataclasses.asdict(place) for place in board]
        click.echo(json.dumps([row if ids else {k: v for k, v in row.items() if k != "student"} for row in shown]))
    else:
        click.echo(_table(board, ids))
    if others:
        names = f": {', '.join(others)}" if ids else ""
        click.echo(f"Not ranked, as not all checks of {EXERCISE} pass: {len(others)}{names}.", err=True)
    if broken:
        raise GraderError("\n".join(sorted({str(error) for error in broken.values()})))


def _table(board, ids):
    if not board:
        return f"No allocator passes all checks of {EXERCISE} yet."
    lines = ["     space  steps  product  name" + " (id)" * ids]
    for place in board:
        figures = f"{place.rank:3}. {place.space:5.2f}  {place.steps:5.2f}  {place.product:7.3f}"
        lines.append(f"{figures}  {place.name}" + f" ({place.student})" * ids)
    return "\n".join([*lines, "Space and steps are multiples of the reference's; less is better."])
