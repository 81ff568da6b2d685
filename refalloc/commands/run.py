"""refalloc run: a program, on the allocator."""

import click

from refalloc.commands.native import chosen_text, from_option, plain_errors


@click.command(context_settings={"ignore_unknown_options": True})
@from_option
@click.argument("program", nargs=-1, required=True, type=click.UNPROCESSED)
def run(text_file, program):
    """Run PROGRAM with its arguments on the allocator, and say what it did.

    For example: refalloc run -- python3 -c 'print(1)'. Exits as the program does.
    """
    with plain_errors():
        from refalloc.native.running import run_preloaded

        report = run_preloaded(chosen_text(text_file), program, on_export=_say_that_it_takes_time)
    click.echo(str(report), err=True)
    raise SystemExit(report.exit_code)


def _say_that_it_takes_time():
    click.echo("refalloc: making the library; that takes half a minute, the first time", err=True)
