"""refalloc bench interpreted: a pair of alloc and free from Python, beside the standard library's heap and malloc."""

import json
import statistics

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from refalloc.bench.interpreted import CONTENDERS, PARTS, measure, parts, workloads
from refalloc.bench.turns import ratio, spread


@click.command("interpreted")
@click.option("--rounds", default=9, type=click.IntRange(min=2), show_default=True)
@click.option("--only", default="", metavar="WORDS", help="Only workloads with these words in their names.")
@click.option("--profile", is_flag=True, help="Measure the parts of a pair instead, each by itself.")
@click.option("--json", "as_json", is_flag=True, help="Print all times as JSON and nothing else.")
def command(rounds, only, profile, as_json):
    """Pairs of alloc and free from Python: this allocator, multiprocessing.heap, and malloc through ctypes."""
    chosen = [] if profile else [workload for workload in workloads() if only in workload.name]
    if not chosen and not profile:
        raise click.ClickException(f"no workload has {only!r} in its name: {[work.name for work in workloads()]}")
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress:
        task = progress.add_task("measure", total=(rounds + 1) * max(len(chosen), 1))
        if profile:
            times = {part.name: figures for part, figures in parts(rounds, lambda: progress.advance(task)).items()}
        else:
            times = {work.name: measure(work, rounds, lambda: progress.advance(task)) for work in chosen}
    if as_json:
        click.echo(json.dumps({"unit": "ns", "times": times}))
    elif profile:
        Console().print(_parts(times))
    else:
        Console().print(_medians(times))
        Console().print(_ratios(times))


def _medians(times):
    table = Table(title="ns a pair, the median of the rounds: of this minute on this machine only")
    table.add_column("")
    for name in CONTENDERS:
        table.add_column(name, justify="right")
    for workload, of in times.items():
        table.add_row(workload, *(f"{statistics.median(of[name]):,.0f}" for name in CONTENDERS))
    return table


def _ratios(times):
    table = Table(title="Ratios, round by round: the median and the quartiles")
    table.add_column("")
    table.add_column("mp.heap / refalloc", justify="right")
    for name in ("refalloc", "text, made", "text, plain"):
        table.add_column(f"{name} / malloc", justify="right")
    for workload, of in times.items():
        against_malloc = (str(ratio(of, name, "malloc")) for name in ("refalloc", "text, made", "text, plain"))
        table.add_row(workload, str(ratio(of, "mp.heap", "refalloc")), *against_malloc)
    return table


def _parts(times):
    table = Table(title="ns of each part of a hot pair, measured by itself")
    for heading in ("part", "times a pair", "ns each", "ns a pair"):
        table.add_column(heading, justify="left" if heading == "part" else "right")
    total = 0.0
    for part in PARTS:
        if not part.instead:
            each = spread(times[part.name])
            total += each.median * part.count
            table.add_row(part.name, str(part.count), str(each), f"{each.median * part.count:.0f}")
    table.add_row("sum", "", "", f"{total:.0f}", style="bold", end_section=True)
    for part in PARTS:
        if part.instead:
            each = spread(times[part.name])
            saved = (each.median - statistics.median(times[part.instead])) * part.count
            table.add_row(f"not used: {part.name}", str(part.count), str(each), f"{saved:+.0f}")
    return table
