"""refalloc bench explore: schedules a second, beside frontrun."""

import dataclasses
import json
import statistics

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from refalloc.bench.explore import PREEMPTIONS, ROUNDS, SPACES, PeerError, measure

CLOCKS = ("wall", "processor")


@click.command("explore")
@click.option("--rounds", type=click.IntRange(min=1), default=ROUNDS, show_default=True)
@click.option("--alone", is_flag=True, help="Without frontrun.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON and nothing else.")
def command(rounds, alone, as_json):
    """Go through thread interleavings, beside frontrun (the extra `bench`)."""
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress:
        task = progress.add_task("explore", total=rounds + len(SPACES))
        try:
            report = measure(rounds, not alone, step=lambda: progress.advance(task))
        except PeerError as error:
            raise click.ClickException(str(error)) from None
    if as_json:
        ratios = {f"{clock}_ratio": report.ratio(clock) for clock in CLOCKS}
        click.echo(json.dumps({**dataclasses.asdict(report), **ratios}))
        return
    console = Console()
    console.print(_rates(report))
    console.print(_spaces(report))


def _rates(report):
    table = Table(title="Schedules: 2 threads of alloc, alloc, free, alloc")
    for heading in ("median of rounds", "a second", "a second of processor time"):
        table.add_column(heading, justify="left" if heading == "median of rounds" else "right")
    for name, rates in (("refalloc", report.own), ("frontrun", report.frontrun)):
        if rates:
            medians = [statistics.median(getattr(rate, clock) for rate in rates) for clock in CLOCKS]
            table.add_row(name, *(f"{median:,.1f}" for median in medians))
    if report.frontrun:
        table.add_row("ratio", *(f"{report.ratio(clock):,.0f}" for clock in CLOCKS), style="bold")
    return table


def _spaces(report):
    table = Table(title=f"All schedules with at most {PREEMPTIONS} preemptions")
    for heading in ("programs", "runs", "seconds", "runs, none left out", "seconds"):
        table.add_column(heading, justify="left" if heading == "programs" else "right")
    for space in report.spaces:
        table.add_row(
            space.name, str(space.runs), f"{space.seconds:.2f}", str(space.plain_runs), f"{space.plain_seconds:.2f}"
        )
    return table
