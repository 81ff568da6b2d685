"""refalloc bench native: the text, measured beside other allocators."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from refalloc.commands.native import chosen_text, from_option, plain_errors


@click.command("native")
@from_option
@click.option("--repetitions", default=7, type=click.IntRange(min=2), show_default=True)
@click.option("--only", default="", metavar="WORDS", help="Only workloads with these words in their names.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False), help="Write all figures to this file.")
@click.option("--asm", is_flag=True, help="Print the machine code of the library instead.")
def command(text_file, repetitions, only, json_file, asm):
    """Small workloads and recorded traces, on this text, the original, glibc and what else is installed."""
    with plain_errors():
        from refalloc.bench.native import geometric_means, measure
        from refalloc.native.export import library_module
        from refalloc.native.linking import emit_assembly

        text = chosen_text(text_file)
        if asm:
            click.echo(emit_assembly(library_module(text)))
            return
        texts = {"reference": chosen_text(None), "improved": chosen_text("improved")}
        if text_file not in (None, "improved"):
            texts[Path(text_file).stem] = text
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
    wide = (
        None if sys.stdout.isatty() else 40 + 28 * len(report["peers"]) + 20 * len(report["texts"])
    )  # in a file, no line is broken
    beside = report["texts"] if "zig" in report["peers"] else []
    to_original = geometric_means(report, ["original_ratio"]) if beside else {}
    Console(width=wide).print(_table(report, beside, geometric_means(report), to_original))
    for line in report["missing"]:
        click.echo(f"not measured: {line}")


def _table(report, beside, means, to_original):
    title = "CPU time as a ratio to glibc: median (quartiles) / peak memory"
    table = Table("workload", *report["peers"], *(f"{name} to zig" for name in beside), title=title)
    for workload in report["workloads"]:
        rows = {row["peer"]: row for row in report["results"] if row["workload"] == workload["name"]}
        cells = [_cell(rows[peer]) for peer in report["peers"]]
        table.add_row(workload["name"], *cells, *(f"{rows[name]['original_ratio']:.2f}" for name in beside))
    table.add_section()
    cells = ["{:.2f} / {:.2f}".format(*means[peer]) for peer in report["peers"]]
    table.add_row("geometric mean", *cells, *("{:.2f}".format(*to_original[name]) for name in beside))
    return table


def _cell(row):
    if row["peer"] == "glibc":
        return f"{row['cpu_ns']:.1f} ns"
    return f"{row['cpu_ratio']:.2f} ({row['cpu_low']:.2f}-{row['cpu_high']:.2f}) / {row['memory_ratio']:.2f}"
