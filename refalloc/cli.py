"""The `refalloc` command. Each subcommand is imported when it is called: `refalloc --help` needs click alone."""

import importlib

import click

# Subcommand -> the module whose attribute of that name (dashes as underscores) is the click command.
COMMANDS = {
    "check": "refalloc.commands.check",
    "hint": "refalloc.commands.hint",
    "solution": "refalloc.commands.solution",
    "reset": "refalloc.commands.reset",
    "progress": "refalloc.commands.progress",
    "milestone": "refalloc.commands.milestone",
    "doctor": "refalloc.commands.doctor",
    "export": "refalloc.commands.export",
    "grade": "refalloc.commands.grade",
    "leaderboard": "refalloc.commands.leaderboard",
    "release": "refalloc.commands.release",
    "replay": "refalloc.commands.replay",
    "bench": "refalloc.commands.bench",
    "run": "refalloc.commands.run",
}


class LazyGroup(click.Group):
    def list_commands(self, ctx):
        return list(COMMANDS)

    def get_command(self, ctx, cmd_name):
        if cmd_name not in COMMANDS:
            return None
        return getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name.replace("-", "_"))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="refalloc")
def main():
    """A course in which you build a thread-safe memory allocator, and the allocator itself."""
