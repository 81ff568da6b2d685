"""The instructor's guide: what it tells a newcomer to type gives what it says."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import click

from refalloc.cli import main
from refalloc.commands import grade, grade_export

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "refalloc" / "grader" / "GRADING.md").read_text()


def test_the_trial_gives_what_it_says(tmp_path, bwrap):
    section = GUIDE.split("### A trial")[1].split("\n## ")[0]
    lines = re.findall(r"^    (.+)$", section, re.MULTILINE)
    assert len(lines) == 5
    script = "\n".join(lines).replace(".venv/bin/refalloc", f"{sys.executable} -m refalloc")
    subprocess.run(["bash", "-euc", script], check=True, cwd=ROOT, env={**os.environ, "HOME": str(tmp_path)})
    with (tmp_path / "trial-results" / "grades.csv").open(newline="") as file:
        ada, grace = csv.DictReader(file)
    assert float(ada["04.2"]) == float(ada["points"]) > 0
    assert float(grace["points"]) == 0
    assert (tmp_path / "trial-results" / "index.html").is_file()


def test_every_option_that_the_guide_names_is_there():
    commands = [grade.grade.commands[grade.GRADE_ALL], grade_export.grade_one, *grade_export.export.commands.values()]
    for name in main.list_commands(None):
        command = main.get_command(None, name)
        commands += command.commands.values() if isinstance(command, click.Group) else [command]
    there = {option for command in commands for parameter in command.params for option in parameter.opts}
    others = {"--help", "--protocol"}  # of every command, and of Dask's
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", GUIDE)) - others <= there
