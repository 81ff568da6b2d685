import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from refalloc.cli import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_there_and_has_a_help_text(name):
    command = main.get_command(click.Context(main), name)
    assert command.get_short_help_str() != ""
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output


def test_an_unknown_command_is_a_usage_error():
    result = CliRunner().invoke(main, ["chekc"])
    assert result.exit_code == 2
    assert "chekc" in result.output


def test_starting_the_command_imports_no_subcommand():
    code = "import sys, refalloc.cli; print([m for m in sys.modules if m in ('numpy', 'pytest', 'rich', 'IPython')])"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert out.strip() == "[]"
