import learners
import pytest
from click.testing import CliRunner

from refalloc.cli import main


@pytest.fixture
def refalloc():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("chosen", [(), ("--from", learners.__file__)], ids=["reference", "learner"])
def test_run_says_what_the_allocator_did_and_exits_as_the_program_does(refalloc, chosen, capfd):
    # Two reports and not three: sh leaves without coming to a library's end.
    done = refalloc("run", *chosen, "--", "sh", "-c", "ls / > /dev/null; ls / > /dev/null; exit 7")
    assert done.exit_code == 7
    assert "refalloc: 2 processes; " in done.stderr
    assert "mallocs" in done.stderr
    assert "lanes used: " in done.stderr


def test_run_passes_options_on_to_the_program(refalloc, capfd):
    assert refalloc("run", "--", "echo", "-n", "--from", "x").exit_code == 0
    assert capfd.readouterr().out == "--from x"


def test_a_program_that_a_signal_ends_gives_128_and_its_number(refalloc):
    done = refalloc("run", "--", "sh", "-c", "kill -9 $$")
    assert done.exit_code == 137
    assert "no process reported. One that a signal ends does not" in done.stderr


def test_a_program_that_asks_for_statistics_itself_is_reported_too(refalloc, capfd):
    done = refalloc("run", "--from", "improved", "--", "env", "REFALLOC_STATS=1", "ls", "/")
    assert done.exit_code == 0
    assert done.stderr.endswith(", and of threads' own, without a lock: 1\n")
    assert "refalloc: 1 process; " in done.stderr
    assert "refalloc: process " in capfd.readouterr().err


def test_a_program_that_is_not_there_is_said(refalloc):
    done = refalloc("run", "--", "no-such-program")
    assert done.exit_code == 1
    assert "no program 'no-such-program'" in done.stderr


def test_export_writes_a_library_that_programs_run_on(refalloc, tmp_path):
    done = refalloc("export", tmp_path / "mine.so")
    assert done.exit_code == 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.so"]
    assert (tmp_path / "mine.so").read_bytes()[:4] == b"\x7fELF"


def test_export_of_a_text_that_does_not_compile_says_why(refalloc, tmp_path):
    (tmp_path / "mine.py").write_text("def alloc(heap, length, align_log2):\n    return 0\n")
    done = refalloc("export", "--from", tmp_path / "mine.py", tmp_path / "mine.so")
    assert done.exit_code == 1
    assert "has no function free, resize, remap" in done.stderr
    assert not (tmp_path / "mine.so").exists()


@pytest.mark.parametrize("place", ["/dev/null", ""])
def test_export_to_what_is_no_place_for_a_library_is_refused(refalloc, place):
    done = refalloc("export", place)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert "pass a path for it" in done.output
