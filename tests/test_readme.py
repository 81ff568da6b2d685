"""The README's commands, run as a newcomer would: in a fresh clone, with a new HOME and an environment of its own."""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SERVER_SECONDS = 120  # what JupyterLab may take to print its address
SET_UP_SECONDS = 900  # what pip may take on a slow line


def commands():
    """The lines of the README's shell examples, comments left out: list of str."""
    blocks = re.findall(r"^```(?:sh|console)\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    lines = [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith(("#", "git clone", "cd "))]


@pytest.fixture(scope="session")
def clone(tmp_path_factory):
    """A clone of what is committed, and the environment of a person who has nothing else: (folder, env)."""
    if not (ROOT / ".git").exists():
        if os.environ.get("CI") == "true":
            pytest.fail("no git checkout to clone")
        pytest.skip("needs a git checkout to clone")
    folder, home = tmp_path_factory.mktemp("fresh") / "refalloc", tmp_path_factory.mktemp("home")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    kept |= {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy") or "CERT" in name}
    env = {**kept, "HOME": str(home), "PYTHON": sys.executable}
    set_up = ["make", "--environment-overrides", ".venv/ready"]
    subprocess.run(set_up, cwd=folder, env=env, check=True, timeout=SET_UP_SECONDS)
    env["PATH"] = f"{folder / '.venv/bin'}:{env['PATH']}"
    return folder, env


def test_the_readme_shows_the_two_commands():
    assert {"make lab", "make test"} <= set(commands())


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_works_in_a_fresh_clone(clone, command):
    folder, env = clone
    if command.startswith("make lab"):
        opens_lesson_00(folder, env)
        return
    if command == "make test":
        command = "make test ARGS='-q tests/test_check.py tests/test_heap.py'"  # all of them would run this one again
    words = command.replace(" ... ", " ").strip()
    done = subprocess.run(
        words, shell=True, cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


def opens_lesson_00(folder, env):
    """`make lab ARGS=--no-browser` prints an address at which JupyterLab opens lesson 00."""
    server = subprocess.Popen(
        ["make", "lab", "ARGS=--no-browser"],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    alarm = threading.Timer(SERVER_SECONDS, server.kill)
    alarm.start()
    try:
        address = next((found[0] for line in server.stdout if (found := re.findall(r"http://\S+token=\w+", line))), None)
        assert address is not None, "no address was printed"
        base, _, rest = address.partition("/lab")
        path, _, token = rest.partition("?")
        assert path == "/tree/notebooks/00_start.ipynb"
        with urllib.request.urlopen(f"{base}/api/contents/notebooks/00_start.ipynb?content=0&{token}") as answer:
            assert b'"type": "notebook"' in answer.read()
        with urllib.request.urlopen(address) as answer:
            assert b"JupyterLab" in answer.read()
    finally:
        alarm.cancel()
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)
        server.stdout.close()


def test_every_make_variable_that_the_readme_sets_is_one_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    for command in commands():
        for word in shlex.split(command):
            if command.startswith("make ") and "=" in word:
                assert re.search(rf"^{word.partition('=')[0]} \?=", makefile, re.M), word
