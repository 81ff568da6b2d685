"""The README's commands, run as a newcomer would: in a fresh clone, with a new HOME and an environment of its own."""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SERVER_SECONDS = 120  # what JupyterLab may take to print its address
SET_UP_SECONDS = 900  # what pip may take on a slow line


def commands():
    """Every command of ours that the README shows, in code spans and indented lines: list of str."""
    text = (ROOT / "README.md").read_text()
    found = re.findall(r"`((?:make|refalloc) [^`]+)`|^    ((?:make|refalloc) .+)$", text, re.M)
    return list(dict.fromkeys(span or line for span, line in found))


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


# What a newcomer gets who has not edited anything yet, where that is no success: words of the answer.
NOT_YET = {
    "refalloc check 04.2": "not attempted",
    "refalloc solution 04.2": "pass",
}


# What is run in the place of a command that would take minutes, or that names what the reader puts there.
RUN_AS = {
    "make test": "make test ARGS='-q tests/test_check.py tests/test_heap.py'",  # all tests would run this one again
    "refalloc bench interpreted": "refalloc bench interpreted --rounds 2 --only block",
    "refalloc bench native": "refalloc bench native --repetitions 2 --only 'hot 64 B'",
    "refalloc bench soak --from refalloc/improved.py": (
        "refalloc bench soak --from refalloc/improved.py --minutes 0.1"
    ),
    "refalloc bench programs": "refalloc bench programs --repetitions 2 --only json",
    "refalloc grade SUBMISSIONS --out RESULTS": (
        "mkdir -p handed_in/ada && cp -r exercises/00_start handed_in/ada && refalloc grade handed_in --out marks && "
        "grep -q ada marks/grades.csv"
    ),
    "refalloc leaderboard SUBMISSIONS": (
        "mkdir -p whole/ada && cp -r exercises/12_the_whole_allocator whole/ada && refalloc leaderboard whole"
    ),
}


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_works_in_a_fresh_clone(clone, command):
    folder, env = clone
    if command.startswith("make lab"):
        opens_lesson_00(folder, env)
    elif command.endswith("--watch"):
        checks_once_and_waits(command, folder, env)
    else:
        done = subprocess.run(
            RUN_AS.get(command, command),
            shell=True,
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        said = f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        if command in NOT_YET:
            assert done.returncode != 0, said
            assert NOT_YET[command] in said
        else:
            assert done.returncode == 0, said


def checks_once_and_waits(command, folder, env):
    with subprocess.Popen(
        shlex.split(command), cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as watch:
        alarm = threading.Timer(SERVER_SECONDS, watch.kill)
        alarm.start()
        assert any("not attempted" in line for line in watch.stdout)
        assert watch.poll() is None
        alarm.cancel()
        watch.send_signal(signal.SIGINT)


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
        address = None
        for line in server.stdout:  # it prints the address a moment before it listens, and more after that
            address = address or next(iter(re.findall(r"http://\S+token=\w+", line)), None)
            if address and answers(address):
                break
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


def answers(address):
    try:
        with urllib.request.urlopen(address):
            return True
    except urllib.error.URLError:
        return False


def test_every_make_variable_that_the_readme_sets_is_one_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    for command in commands():
        for word in shlex.split(command):
            if command.startswith("make ") and "=" in word:
                assert re.search(rf"^{word.partition('=')[0]} \?=", makefile, re.M), word
