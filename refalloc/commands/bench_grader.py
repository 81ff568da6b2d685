"""refalloc bench grader: seconds a submission, beside nbgrader and otter-grader."""

import dataclasses
import json

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from refalloc.bench.grader import OWN_BATCH, REQUIREMENTS, ROUNDS, PeerError, measure


@click.command("grader")
@click.option("--rounds", type=click.IntRange(min=1), default=ROUNDS, show_default=True)
@click.option("--batch", type=click.IntRange(min=1), default=OWN_BATCH, show_default=True, help="Of our larger run.")
@click.option("--peer", "peers", multiple=True, type=click.Choice(list(REQUIREMENTS)), help="Default: all of them.")
@click.option("--alone", is_flag=True, help="Without any peer.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON and nothing else.")
def command(rounds, batch, peers, alone, as_json):
    """Grade one question with five tests, beside others; each is installed in an environment of its own."""
    peers = () if alone else peers or tuple(REQUIREMENTS)
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress:
        task = progress.add_task("grade", total=(rounds + 1) * (3 + 2 * len(peers)))
        try:
            measured = measure(rounds, batch, peers, step=lambda: progress.advance(task))
        except PeerError as error:
            raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(one) | {"each": one.each("wall")} for one in measured]))
    else:
        Console().print(_table(measured))


def _table(measured):
    table = Table(title="Whole runs, median of rounds")
    for heading in ("", "submissions", "seconds each", "of ours", "processor", "of ours", "MiB", "a worker"):
        table.add_column(heading, justify="right" if heading else "left")
    single = next(one for one in measured if one.count == 1)
    batch = next(one for one in measured if one.name.endswith("1 worker"))
    for one in measured:
        ours = single if one.count == 1 else batch
        cells = [
            text
            for clock in ("wall", "processor")
            for text in (f"{one.each(clock):.3f}", f"{one.each(clock) / ours.each(clock):.1f} x")
        ]
        memory = [f"{size / (1 << 20):.0f}" if size else "" for size in (one.memory, one.worker_memory)]
        table.add_row(one.name, str(one.count), *cells, *memory)
    return table
