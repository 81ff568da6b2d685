"""refalloc bench native: the text, measured beside other allocators."""

import sys

import click
from rich.console import Console
from rich.table import Table

from refalloc.commands.native import chosen_text, plain_errors
from refalloc.commands.ratios import chosen_texts, ratio_options, report_ratios


@click.command("native")
@ratio_options
@click.option("--asm", is_flag=True, help="Print the machine code of the library instead.")
@click.option("--inlined", is_flag=True, help="Measure the texts compiled into their caller instead.")
def command(text_file, repetitions, only, json_file, plot_file, asm, inlined):
    """Small workloads and recorded traces, on this text, the original, glibc and what else is installed."""
    if inlined:
        _print_inlined(text_file, repetitions)
        return
    with plain_errors():
        from refalloc.bench.native import measure
        from refalloc.native.export import library_module
        from refalloc.native.linking import emit_assembly

        if asm:
            click.echo(emit_assembly(library_module(chosen_text(text_file))))
            return
        report_ratios(measure, text_file, repetitions, only, json_file, plot_file)


def _print_inlined(text_file, repetitions):
    with plain_errors():
        from refalloc.bench.inlined import measure_inlined

        rows, missing = measure_inlined(chosen_texts(text_file), repetitions)
    table = Table(
        "workload", "allocator", "ns", "ratio to glibc", title="CPU time of a pair, called by compiled Python"
    )
    for row in rows:
        ratio = f"{row.cpu_ratio:.2f} ({row.cpu_low:.2f}-{row.cpu_high:.2f})"
        table.add_row(row.workload, row.peer, f"{row.cpu_ns:.1f}", ratio)
    Console(width=None if sys.stdout.isatty() else 100).print(table)
    for line in missing:
        click.echo(f"not measured: {line}")
