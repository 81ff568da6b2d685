"""refalloc bench soak: a long run, with every block verified."""

import dataclasses
import json

import click

from refalloc.commands.native import chosen_text, from_option, plain_errors


@click.command("soak")
@from_option
@click.option("--minutes", default=10.0, type=click.FloatRange(min=0, min_open=True), show_default=True)
@click.option("--seed", default=1, type=click.IntRange(min=0), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON and nothing else.")
def command(text_file, minutes, seed, as_json):
    """Threads, forks, small and large blocks for as long as you like, on the exported text: is all whole and level?

    The reference is not level, nor is the original: free slots drift to lanes where nobody looks for them.
    """
    with plain_errors():
        from refalloc.bench.soak import SoakError, soak

        try:
            report = soak(chosen_text(text_file), round(minutes * 60), seed)
        except SoakError as error:
            raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps({**dataclasses.asdict(report), "is_level": report.is_level}))
    else:
        click.echo(str(report))
    raise SystemExit(0 if report.is_level else 1)
