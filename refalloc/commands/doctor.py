"""refalloc doctor: what works on this machine."""

import dataclasses
import json

import click
from rich.console import Console
from rich.table import Table

from refalloc.course.doctor import examine

STYLES = {"works": "green", "missing": "yellow", "broken": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON and nothing else.")
def doctor(as_json):
    """Say what works on this machine, and what to do where it does not."""
    findings = examine()
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=1))
    else:
        table = Table("what", "state", "found", "what to do")
        for finding in findings:
            style = STYLES[finding.state]
            table.add_row(finding.name, f"[{style}]{finding.state}[/]", finding.found, finding.remedy)
        Console(highlight=False).print(table)
        if all(finding.state == "works" for finding in findings):
            click.echo("All works.")
    if any(finding.state == "broken" for finding in findings):
        raise click.exceptions.Exit(1)
