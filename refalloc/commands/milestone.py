"""refalloc milestone: a learner's own functions of many exercises, together."""

import json

import click
from rich.console import Console
from rich.text import Text

from refalloc.commands.errors import course_errors
from refalloc.commands.printing import print_line
from refalloc.course.index import find_course
from refalloc.course.milestones import find_milestone, own_files
from refalloc.course.runner import run_milestone
from refalloc.course.text import milestone_line, milestone_verdict


@click.command()
@click.argument("lesson")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON and nothing else.")
@course_errors
def milestone(lesson, as_json):
    """Run your own functions of earlier exercises together, on heap calls that a real program made.

    LESSON is the number of the lesson that the milestone follows: 07. What you have not begun comes from refalloc.
    Each of your pieces is tried among refalloc's first, then all of them together.
    """
    course = find_course()
    chosen = find_milestone(lesson)
    files = own_files(chosen, course)
    console = Console(highlight=False, quiet=as_json)
    console.print(Text(f"Milestone {chosen.id}: {chosen.title}", style="bold"))

    def show(test):
        print_line(console, f"  {milestone_line(test)}", test.outcome)

    report = run_milestone(chosen, files, on_test=show)
    for test in report.tests:
        if test.outcome == "not reached":
            show(test)
    for line in milestone_verdict(chosen, report, files):
        print_line(console, line)
    if as_json:
        click.echo(json.dumps(report.as_dict(), indent=1))
    if report.outcome not in ("correct", "not attempted"):
        raise click.exceptions.Exit(1)
