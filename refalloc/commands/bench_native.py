"""refalloc bench native: the text, measured beside other allocators."""

import click

from refalloc.commands.native import chosen_text, plain_errors
from refalloc.commands.ratios import ratio_options, report_ratios


@click.command("native")
@ratio_options
@click.option("--asm", is_flag=True, help="Print the machine code of the library instead.")
def command(text_file, repetitions, only, json_file, plot_file, asm):
    """Small workloads and recorded traces, on this text, the original, glibc and what else is installed."""
    with plain_errors():
        from refalloc.bench.native import measure
        from refalloc.native.export import library_module
        from refalloc.native.linking import emit_assembly

        if asm:
            click.echo(emit_assembly(library_module(chosen_text(text_file))))
            return
        report_ratios(measure, text_file, repetitions, only, json_file, plot_file)
