"""refalloc bench view: pictures in a real browser, beside matplotlib and ipympl."""

import dataclasses
import json
import statistics

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from refalloc.bench.view import EVENTS, ROUNDS, SLOW, BrowserError, has_ipympl, measure


@click.command("view")
@click.option("--rounds", type=click.IntRange(min=1), default=ROUNDS, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON and nothing else.")
def command(rounds, as_json):
    """Scrub through a recording in a browser, beside matplotlib in an Output widget and ipympl."""
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress:
        task = progress.add_task("view", total=rounds)
        try:
            report = measure(rounds, lambda: progress.advance(task))
        except BrowserError as error:
            raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(report)))
        return
    Console().print(_contenders(report))
    Console().print(_own(report))
    if not has_ipympl():
        Console().print("ipympl is not installed, and so is not measured; try: pip install ipympl")


def _contenders(report):
    table = Table(title=f"One step of a slider over {EVENTS:,} events, medians of the rounds")
    for heading in ("", "ms to screen", "slower than MemoryMap", "bytes to show it", "bytes a step"):
        table.add_column(heading, justify="right" if heading else "left")
    own = report.steps["memory_map"]
    for name, times in report.steps.items():
        ratio = statistics.median(other / mine for other, mine in zip(times, own, strict=True))
        cells = f"{statistics.median(times):.0f}", f"{ratio:.1f} times", f"{report.sent[name]:,}"
        table.add_row(name, *cells, f"{report.sent_per_step[name]:,.0f}")
    return table


def _own(report):
    table = Table(title="MemoryMap alone", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("first paint once the data is there", f"{statistics.median(report.first_paint):.0f} ms")
    table.add_row("frames a second while scrubbing", f"{report.frames:.0f}")
    table.add_row(f"the same, the processor slowed {SLOW} times", f"{report.slow_frames:.0f}")
    table.add_row("first paint of a million events", f"{report.million_first_paint:.0f} ms")
    return table
