"""Real programs on the library: what they write must be what they write without it."""

import http.client
import importlib.util
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from libraries import TEXTS, library, require_program, run

from refalloc.bench.programs import CXX_SOURCE, c_source, git_history, perl_script, rows_of_numbers, sql_script
from refalloc.native.running import preloading

OURS = ("reference", "improved")
CAPSTONE = Path(__file__).parents[1] / "solutions" / "12_the_whole_allocator" / "exercise_1" / "solution.py"
FUNCTIONS = 100


def _same_with_and_without(name, command, stdin=b"", timeout=300, **options):
    plain = run(command, stdin=stdin, timeout=timeout, **options)
    done = run(command, name, stdin=stdin, timeout=timeout, **options)
    assert done.stderr == plain.stderr
    assert done.returncode == plain.returncode == 0
    assert done.stdout == plain.stdout
    return plain.stdout


@pytest.mark.parametrize("name", [*TEXTS, "capstone"])
def test_cpython_passes_a_part_of_its_own_tests(name):
    if importlib.util.find_spec("test.test_json") is None:
        sentence = "this Python has no tests of its own; use one that is built from source"
        pytest.fail(sentence) if os.environ.get("CI") else pytest.skip(sentence)
    tests = ["test_json", "test_list", "test_dict", "test_threading", "test_bytes", "test_thread"]
    done = run([sys.executable, "-m", "test", *tests], name, timeout=600)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert b"Result: SUCCESS" in done.stdout


@pytest.mark.parametrize("name", OURS)
def test_gcc_compiles_the_same_code(name):
    require_program("gcc", "gcc")
    assembly = _same_with_and_without(name, ["gcc", "-x", "c", "-O2", "-S", "-o", "-", "-"], c_source(FUNCTIONS))
    assert assembly.count(b".globl") == FUNCTIONS


@pytest.mark.parametrize("name", OURS)
def test_gxx_compiles_the_same_code(name):
    require_program("g++", "g++")
    assembly = _same_with_and_without(name, ["g++", "-x", "c++", "-O1", "-S", "-o", "-", "-"], CXX_SOURCE)
    assert len(assembly) > 100_000


@pytest.mark.parametrize("name", OURS)
def test_sqlite3_answers_the_same(name):
    require_program("sqlite3", "sqlite3")
    assert _same_with_and_without(name, ["sqlite3", ":memory:"], sql_script(40_000)).startswith(b"32000|")


@pytest.mark.parametrize("name", OURS)
def test_git_writes_the_same_log_and_packs_soundly(name, tmp_path):
    require_program("git", "git")
    who = {f"GIT_{role}_{what}": "a@b" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    settings = {**who, "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(tmp_path)}
    _git(["init", "-q", "-b", "main"], None, tmp_path, settings)
    done = run(["git", "fast-import", "--quiet"], name, git_history(150), cwd=tmp_path, **settings)
    assert done.returncode == 0, done.stderr
    log = _git(["log", "-p", "--stat"], None, tmp_path, settings)
    assert log.count(b"\ncommit ") == 149
    assert _git(["log", "-p", "--stat"], name, tmp_path, settings) == log
    _git(["repack", "-adfq", "--threads=4"], name, tmp_path, settings)
    _git(["fsck", "--full", "--strict"], None, tmp_path, settings)
    assert _git(["log", "-p", "--stat"], None, tmp_path, settings) == log


def _git(arguments, name, cwd, settings):
    done = run(["git", *arguments], name, cwd=cwd, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", OURS)
def test_perl_prints_the_same(name):
    require_program("perl", "perl")
    assert _same_with_and_without(name, ["perl", "-e", perl_script(60_000)], PERL_HASH_SEED="0").count(b"\n") > 6000


@pytest.mark.parametrize("name", OURS)
def test_xz_with_threads_compresses_to_the_same_bytes(name):
    require_program("xz", "xz-utils")
    data = rows_of_numbers(300_000)
    packed = _same_with_and_without(name, ["xz", "-T4", "-2", "--block-size=300KiB", "-c"], data)
    assert _same_with_and_without(name, ["xz", "-T4", "-dc"], packed) == data


@pytest.mark.parametrize("name", OURS)
def test_a_threaded_server_answers_under_load(name, tmp_path):
    pages = {f"{number}.txt": random.Random(number).randbytes(number * 997) for number in range(40)}
    for page, contents in pages.items():
        (tmp_path / page).write_bytes(contents)
    serve = (
        "import functools, http.server as h\n"
        "class Quiet(h.SimpleHTTPRequestHandler):\n    def log_message(self, *a): pass\n"
        f"s = h.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(Quiet, directory={str(tmp_path)!r}))\n"
        "print(s.server_port, flush=True)\ns.serve_forever()"
    )
    env = {**preloading(library(name)), "PYTHONMALLOC": "malloc"}
    with subprocess.Popen(
        [sys.executable, "-c", serve], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as server:
        try:
            port = int(server.stdout.readline())

            def get(page):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("GET", f"/{page}")
                body = connection.getresponse().read()
                connection.close()
                return body == pages[page]

            with ThreadPoolExecutor(8) as clients:
                assert all(clients.map(get, list(pages) * 10))
            assert server.poll() is None, "the server still runs"
        finally:
            server.terminate()
            server.communicate()
