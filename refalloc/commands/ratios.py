"""What the commands share that measure allocators beside each other: options, progress, the table, the files."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from refalloc.commands.native import chosen_text, from_option

NS = 1e9  # of a second


def ratio_options(command):
    """Decorates a command with the options of report_ratios."""
    for option in (
        click.option("--plot", "plot_file", type=click.Path(dir_okay=False), help="Draw the ratios into this PNG."),
        click.option("--json", "json_file", type=click.Path(dir_okay=False), help="Write all figures to this file."),
        click.option("--only", default="", metavar="WORDS", help="Only workloads with these words in their names."),
        click.option("--repetitions", default=7, type=click.IntRange(min=2), show_default=True),
        from_option,
    ):
        command = option(command)
    return command


def chosen_texts(text_file):
    """{name: text}: both texts of ours, and the one that is chosen."""
    texts = {"reference": chosen_text(None), "improved": chosen_text("improved")}
    if text_file not in (None, "improved"):
        texts[Path(text_file).stem] = chosen_text(text_file)
    return texts


def report_ratios(measure, text_file, repetitions, only, json_file, plot_file):
    """Measure both texts of ours, and the one that is chosen, and print, write and draw the ratios.

    Args:    measure: as refalloc.bench.native.measure; the others are ratio_options'.
    """
    texts = chosen_texts(text_file)
    for file in filter(None, (json_file, plot_file)):
        if not Path(file).absolute().parent.is_dir():
            raise click.ClickException(f"no folder {Path(file).parent}; make it first")
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("measure", total=None)
        try:
            report = measure(
                texts,
                repetitions,
                only,
                on_progress=lambda n, total: progress.update(task, completed=n, total=total),
            )
        except (ValueError, RuntimeError) as error:
            raise click.ClickException(str(error)) from None
    if json_file:
        Path(json_file).write_text(json.dumps(report, indent=1))
    if plot_file:
        from refalloc.pictures.ratios import plot_ratios

        Path(plot_file).write_bytes(plot_ratios(report).png)
    # No figure is cut: a terminal that is narrower breaks lines.
    Console(width=40 + 32 * len(report["peers"]) + 20 * len(report["texts"])).print(_table(report))
    for line in report["missing"]:
        click.echo(f"not measured: {line}")
    packages = [line.partition(": apt install ")[2] for line in report["missing"] if ": apt install " in line]
    if len(packages) > 1:
        click.echo(f"for all of these: apt install {' '.join(packages)}")


def _table(report):
    from refalloc.bench.ratios import geometric_means

    beside = report["texts"] if "zig" in report["peers"] else []
    title = "CPU time as a ratio to glibc: median (quartiles) / peak memory"
    table = Table("workload", *report["peers"], *(f"{name} to zig" for name in beside), title=title)
    for workload in report["workloads"]:
        rows = {row["peer"]: row for row in report["results"] if row["workload"] == workload["name"]}
        cells = [_cell(rows[peer]) for peer in report["peers"]]
        table.add_row(workload["name"], *cells, *(f"{rows[name]['original_ratio']:.2f}" for name in beside))
    table.add_section()
    means = geometric_means(report)
    cells = ["{:.2f} / {:.2f}".format(*means[peer]) for peer in report["peers"]]
    to_original = geometric_means(report, ["original_ratio"]) if beside else {}
    table.add_row("geometric mean", *cells, *("{:.2f}".format(*to_original[name]) for name in beside))
    return table


def _cell(row):
    if row["peer"] == "glibc":
        return _time(row["cpu_ns"])
    return f"{row['cpu_ratio']:.2f} ({row['cpu_low']:.2f}-{row['cpu_high']:.2f}) / {row['memory_ratio']:.2f}"


def _time(ns):
    """In the unit that leaves few digits before the point."""
    for unit, name in ((NS, "s"), (1e6, "ms"), (1e3, "us")):
        if ns >= unit:
            return f"{ns / unit:.2f} {name}"
    return f"{ns:.1f} ns"
