"""refalloc bench programs: whole programs, on the text and on other allocators."""

import click

from refalloc.commands.native import plain_errors
from refalloc.commands.ratios import ratio_options, report_ratios


@click.command("programs")
@ratio_options
def command(text_file, repetitions, only, json_file, plot_file):
    """Real programs, run on this text, the original, glibc and what else is installed; each must print the same."""
    with plain_errors():
        from refalloc.bench.programs import measure

        report_ratios(measure, text_file, repetitions, only, json_file, plot_file)
