"""refalloc replay: a recorded trace of a real program, on this allocator."""

import dataclasses
import json

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from refalloc.trace.packed import TraceError, load_trace, packed_traces
from refalloc.trace.replay import replay as replay_trace


@click.command(epilog=f"Traces that come with the package: {', '.join(packed_traces())}.")
@click.argument("trace")
@click.option("--lanes", type=click.IntRange(min=1), help="Lanes of the heap; default: the CPUs of this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON and nothing else.")
def replay(trace, lanes, as_json):
    """Replay the heap calls of a real program, and verify every block.

    TRACE is the name of a packed trace, or a path to such a file.
    """
    try:
        recorded = load_trace(trace)
    except TraceError as error:
        raise click.ClickException(str(error)) from None
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json) as progress:
        task = progress.add_task(f"replay {recorded.name}", total=len(recorded))
        try:
            report = replay_trace(recorded, lanes, lambda done: progress.update(task, completed=done))
        except (AssertionError, MemoryError) as error:
            raise click.ClickException(f"replay of {recorded.name}: {error}") from None
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(report)))
    else:
        Console().print(_table(report))


def _table(report):
    table = Table(title=f"{report.trace}, replayed", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, value in (
        ("events", f"{report.events:,}"),
        ("allocs, frees", f"{report.allocs:,}, {report.frees:,}"),
        ("blocks verified", f"{report.verified_blocks:,}"),
        ("threads", f"{report.threads}"),
        ("peak live", f"{report.peak_live_bytes:,} bytes"),
        ("peak mapped", f"{report.peak_mapped_bytes:,} bytes"),
        ("internal fragmentation at the peak", f"{report.internal_fragmentation:.1%}"),
        ("slabs", f"{report.slabs}"),
        ("lanes used (locks with slots of their own)", f"{report.lanes_used} of {report.lanes}"),
        ("time, filling and verifying included", f"{report.seconds:.2f} s"),
        ("events a second", f"{report.events_per_second:,.0f}"),
    ):
        table.add_row(name, value)
    return table
