"""refalloc export: the text as a shared library with C's malloc interface."""

import click

from refalloc.commands.native import chosen_text, from_option, plain_errors


@click.command()
@click.argument("out", metavar="OUT.so", type=click.Path(dir_okay=False))
@from_option
def export(out, text_file):
    """Make a shared library with malloc, free and the rest of C's interface.

    Programs run on it with LD_PRELOAD=./OUT.so. REFALLOC_STATS=1 makes each say on stderr at its end what it did;
    REFALLOC_LANES=N sets the number of lanes; REFALLOC_CHECK=1 ends a program that frees a block twice, writes behind
    one or into a freed one, or frees what is none, with a line that says so.
    """
    with plain_errors():
        from refalloc.native.export import export as export_library

        export_library(chosen_text(text_file), out)
    click.echo(f"{out} is made; try: LD_PRELOAD=$(realpath {out}) REFALLOC_STATS=1 ls", err=True)
