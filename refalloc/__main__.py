"""python -m refalloc: the `refalloc` command, where it is not on the path."""

from refalloc.cli import main

main(prog_name="refalloc")
