"""refalloc bench: measurements beside peers."""

import importlib

import click

# Subcommand -> the module whose attribute `command` is the click command.
BENCHES = {
    "explore": "refalloc.commands.bench_explore",
    "interpreted": "refalloc.commands.bench_interpreted",
    "grader": "refalloc.commands.bench_grader",
    "native": "refalloc.commands.bench_native",
    "programs": "refalloc.commands.bench_programs",
    "soak": "refalloc.commands.bench_soak",
    "view": "refalloc.commands.bench_view",
}


class LazyBenches(click.Group):
    def list_commands(self, ctx):
        return list(BENCHES)

    def get_command(self, ctx, cmd_name):
        return importlib.import_module(BENCHES[cmd_name]).command if cmd_name in BENCHES else None


@click.group(cls=LazyBenches)
def bench():
    """Measure, side by side with a peer in the same run."""
