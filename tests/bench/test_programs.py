import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from libraries import library

from refalloc.bench import programs, ratios
from refalloc.bench.peers import Peer
from refalloc.cli import main

TINY = {"CPython json": 200, "CPython trees": 6, "CPython sort": 2000, "gcc -O2": 4, "g++ headers": 0, "sqlite3": 900}
TINY_TOO = {"git repack": 20, "git log -p": 10, "perl": 3000, "xz -T2": 9000}
SIZES = TINY | TINY_TOO
GLIBC = Peer("glibc", None)


@pytest.fixture
def tiny(monkeypatch):
    """Every program, with little to do, on glibc and one text of ours."""
    cut = tuple(replace(program, size=SIZES[program.name]) for program in programs.PROGRAMS)
    monkeypatch.setattr(programs, "PROGRAMS", cut)
    found = [GLIBC, Peer("improved", library("improved"))], ["mimalloc: apt install libmimalloc2.0"]
    monkeypatch.setattr(ratios, "find_peers", lambda texts: found)


def test_every_program_runs_on_every_allocator_and_prints_the_same(tiny):
    report = programs.measure({}, 2)
    assert [workload["name"] for workload in report["workloads"]] == [program.name for program in programs.PROGRAMS]
    assert len(report["results"]) == 2 * len(programs.PROGRAMS)
    assert all(row["cpu_ratio"] > 0 and row["memory_ratio"] > 0 for row in report["results"])
    assert report["missing"] == ["mimalloc: apt install libmimalloc2.0"]
    assert json.loads(json.dumps(report)) == report


def test_a_program_that_is_not_installed_is_said_with_its_package(tiny, monkeypatch):
    absent = replace(programs.PROGRAMS[0], name="absent", executable="no-such-program", package="some-package")
    monkeypatch.setattr(programs, "PROGRAMS", (absent, programs.PROGRAMS[0]))
    report = programs.measure({}, 2)
    assert "absent: apt install some-package" in report["missing"]
    assert {row["workload"] for row in report["results"]} == {"CPython json"}
    monkeypatch.setattr(programs, "PROGRAMS", (absent,))
    with pytest.raises(ValueError, match="none of the programs is installed: absent: apt install some-package"):
        programs.measure({}, 2)


def test_a_program_that_prints_something_else_on_one_allocator_is_named(tiny, monkeypatch):
    clock = programs.Command(["sh", "-c", "cat /proc/self/stat"])
    monkeypatch.setattr(programs, "PROGRAMS", (replace(programs.PROGRAMS[0], name="clock", make=lambda *_: clock),))
    with pytest.raises(RuntimeError, match=r"clock prints something else on \w+ than on \w+"):
        programs.measure({}, 2)


@pytest.mark.parametrize(("script", "said"), [("kill -6 $$", "ended with -6"), ("echo why >&2; exit 3", "3: why")])
def test_a_program_that_fails_is_told_with_what_it_said(script, said):
    with pytest.raises(RuntimeError, match=f"glibc: sh -c .*{said}"):
        programs.run(programs.Command(["sh", "-c", script]), GLIBC)


def test_time_and_peak_are_those_of_the_program_and_its_children():
    ballast = bytearray(200 << 20)
    idle, _ = programs.run(programs.Command(["true"]), GLIBC)
    assert idle.peak_kib < programs.FLOOR_MIB << 10 < len(ballast) >> 10
    child = "python3 -S -c 'len(str(10 ** 6) * (20 << 20))'"
    busy, _ = programs.run(programs.Command(["sh", "-c", f"{child}; true"]), GLIBC)
    assert busy.peak_kib > 140 << 10
    assert busy.cpu_ns > idle.cpu_ns


def test_what_a_program_reads_comes_from_its_seed():
    assert programs.c_source(3) == programs.c_source(3) != programs.c_source(3, seed=8)
    assert programs.git_history(3) == programs.git_history(3) != programs.git_history(3, seed=8)


def test_the_command_prints_ratios_and_writes_json_and_a_plot(tiny, tmp_path):
    figures, plot = tmp_path / "figures.json", tmp_path / "plot.png"
    arguments = ["bench", "programs", "--repetitions", "2", "--only", "CPython", "--json", figures, "--plot", plot]
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    assert "geometric mean" in done.output
    assert "not measured: mimalloc: apt install libmimalloc2.0" in done.output
    assert len(json.loads(figures.read_text())["results"]) == 6
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("option", ["--json", "--plot"])
def test_a_folder_that_is_not_there_is_said_before_anything_is_measured(option, tmp_path):
    done = CliRunner().invoke(main, ["bench", "programs", option, str(tmp_path / "missing" / "file")])
    assert done.exit_code == 1
    assert "no folder" in done.output


def test_an_unknown_program_is_answered_with_the_names():
    done = CliRunner().invoke(main, ["bench", "programs", "--only", "no such"])
    assert done.exit_code == 1
    assert "there are: CPython json, CPython trees" in done.output
