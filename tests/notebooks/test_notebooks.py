"""Notebooks run from top to bottom, with stubs and with solutions, and keep the pacing of the house."""

import ast
import os
import re
import shutil
import statistics
import subprocess
import sys
from html import escape

import nbformat
import pytest
from lessons import COURSE, GLOSSARY, LESSONS, ROOT, cells_of
from nbclient import NotebookClient

from refalloc.course.milestones import MILESTONES
from refalloc.course.stubs import stub_text

MEASURED = {  # lesson -> what its text says of the figures, as its cells must print them
    "00": [
        r"^measured: +128 bytes$",
        r"^\[0, 128, 256\]$",
        r"^measured: +18$",
        r"^b'(\\x00){8}ijklmnopqrstuvwxyz'$",
        r"^\(True, b'ijklmnopqrstuvwxyz'\)$",
        r"^the block there has 100 bytes",
    ],
    "01": [
        r"^a page of the arena that is not mapped;",
        r"^\(1, b'\\x01(\\x00){7}'\)$",
        r"^-11$",
        r"^measured: +1$",
        r"^Ann has 100$",
        r"^Ann has 2\d{18}$",
        r"^'c(\\x00){7} {24}'$",
        r"^1000$",
        r"^measured: +1$(.|\n)*^measured: +1$",
        r"^noticed, at the price of 4096 bytes for 40$",
    ],
    "02": [
        r"^\[0, 100, 105\]$",
        r"^not a multiple of 8$",
        r"^\[104, 112, 112, 112\]$",
        r"^measured: +16000 bytes$",
        r"^9000$",
        r"^\(24, 16\)$",
        r"^1024$",
        r"^gcc +asks for +96,886,088, needs 1,047,491 at once: +92.5 times$",
        r"^measured: +92.5 times$",
        r"^git-repack .* 94.6 times$",
        r"^perl .* 1.8 times$",
        r"^0$",
    ],
    "03": [
        r"^True$",
        r"^here 1 and there 0$",
        r"^no live block there: never handed out",
        r"^measured: +655360 bytes$",
        r"^measured: +8 tries$",
        r"^wrong answer at step 8: 2 allocators were made$",
        r"^ +5 +writes allocator = B .*\n(.*\n)* +7 +writes allocator = A",
        r"^no failure in all schedules with at most 2 preemptions \(12 runs\)$",
        r"^'2 allocators were made'$",
        r"^no failure in all schedules with at most 2 preemptions \(38 runs\)$",
        r"^'data race'$",
    ],
    "04": [
        r"^measured: +1.333$",
        r"^ +1025 asked, +2048 given: 2.00$",
        r"^measured: +sqlite$",
        r"^gcc +1.04$",
        r"^git-repack +1.05$",
        r"^sqlite +1.75$",
        r"^ 1320 blocks of 1032 bytes",
        r"^ +214 blocks of 4104 bytes",
    ],
    "05": [
        r"^\[0, 64, 128, 192, 256, 320, 384, 448\]$",
        r"^lane: +slab \+ 256$",
        r"^slot 4: slab \+ 128$",
        r"^slot 2: 0$",
        r"^measured: +1, 7, 0, 4, 2$",
        r"^first time: 32 bytes$",
        r"^again: +1\d,\d{3} bytes$",
        r"^measured: +second, then third$",
        r"^b'Jane Doe'$",
        r"^load at 0x656f4420656e614a: not a multiple of 8",
    ],
    "06": [
        r"^bytes mapped: \[65536\]$",
        r"^measured: +64 blocks$",
        r"^measured: +past the end!$",
        r"^slab \+ +65536 +% SLAB_LEN = 0$",
        r"^slots of +64: +61440 of 65536 bytes handed out, memory lost$",
        r"^slots of +4096: +61440 of 65536 bytes handed out, memory lost$",
        r"^slots of +8192: +131072 of 65536 bytes handed out, past the end!$",
        r"^slots of +4096: 0 of 15$",
        r"^slots of +8192: 8 of 15$",
        r"^slots of 16384: 12 of 15$",
        r"^slots of 32768: 14 of 15$",
        r"^block 9: slab \+ 65536$",
        r"^a page of the arena that is not mapped$",
    ],
    "07": [
        r"^bytes mapped: \[102400\]$",
        r"^used of the lane: False False$",
        r"^large one freed: +65536$",
        r"^small one freed: +65536$",
        r"^measured: +65, 128$",
        r"^ +90000 to +300000: True +303104 bytes mapped$",
        r"^ +300000 to +32768: False +303104 bytes mapped$",
        r"^resize: False$",
        r"^remap moved it: True$",
        r"^Cleo has what was Ann's: True$",
        r"^Bob has: b'-{12}'$",
        r"^measured: +Bob's$",
        r"^slab ANN has slots of class 3 .* and of class 4 ",
        r"^the block there has 64 bytes, not 100;",
    ],
    "08": [
        r"^measured: +0 updates$",
        r"^2$",
        r"^data race at step 2: T1 reads next_addrs\[3\] of lane 0, which T0 writes; no lock orders the two$",
        r"^with 64: +0 lost$",
        r"^with slot_size\(3\): [1-9]\d* lost$",
        r"^no failure in all schedules with at most 2 preemptions",
        r"T1 reads frees\[3\] of lane 0, which T0 writes; no lock orders the two",
    ],
    "09": [
        r"^here: 5 +in a new thread: 0$",
        r"^\[80000, 0, 0, 0, 0, 0, 0, 0\]$",
        r"^measured: +1 of 8$",
        r"^measured: +no$",
        r"in all 80000$",
        r"^\(0, 0\) no failure in all schedules with at most 2 preemptions",
        r"^a lane for each: +0$",
        r"^all always say 0: [1-9]\d*$",
        r"^from lane 1 and now in the list of lane 0$",
    ],
    "10": [
        r"^\d+ CPUs for this process",
        r"^measured: +\d+ tries$",
        r"^2 lanes: +\d+,\d{3} tries in vain",
        r"^8 lanes: +\d{1,3} tries in vain",
        r"^[\d.]+ ns a pair with 8 bytes, [\d.]+ ns with 128$",
        r"^offsets: +\[0, \d+, \d+, \d+\]$",
        r"^past a multiple of 128: \[0, 0, 0, 0\]$",
    ],
    "11": [
        r"^measured: +8064 KiB$",
        r"^one thread: no failure",
        r"^measured: +both wait for ever$",
        r"^1, 10, 100 threads: \[64, 640, 6400\] KiB$",
        r"^1, 10, 100 threads: \[64, 64, 64\] KiB$",
        r"^messages, 128 lanes: 192 KiB$",
        r"^6,400 bytes live, 6,553,600 mapped, 0 given back$",
        r"^0 bytes live, 6,553,600 mapped, 6,553,600 given back, 0 left$",
    ],
    "12": [
        r"^ +5 +unlocks lane 1",
        r"^sound$",
        r"^slot slab \+ 64 of class 3 is both free in lane 1 and free in lane 1$",
        r"^measured: +2.45 bytes$",
        r"^asked for: 1,427,045 bytes, given: 2,575,472; not asked for: 45%$",
        r"^the system was asked 200 times what is resident$",
        r"^no failure in all schedules with at most 2 preemptions",
        r"^refalloc's own allocator, .* space 1.00, time 1.00, product 1.00$",
        r"^measured: +8 KiB$",
        r"8 KiB 0.2\d and 1.0\d, product 0.2\d",
    ],
    "13": [
        r"^a block, 16 bytes aligned: True +resize to 101: True$",
        r"^measured: +[1-9]\d{1,2} times$",
        r"^compiled: [\d.]+ \([\d.]+ to [\d.]+\) ns$",
        r"^the same, by turns: [\d.]+ \([\d.]+ to [\d.]+\)$",
        r"^measured: +([2-9]|[1-9]\d+)(\.\d)? times$",
        r"glibc 1.00 and 1.00, product 1.00; this text",
        r"^this text: [\d.]+ \([\d.]+ to [\d.]+\) of glibc's time, [\d.]+ of its space\nimproved +: [\d.]+ ",
    ],
    "14": [
        r"^librefalloc.so: [\d,]+ bytes$",
        r"^16 bytes aligned: True +bytes to use: 1(12|28)$",
        r"^measured: +\d{4,5} calls$",
        r"^preloaded: .*librefalloc.so",
        r"^python3: the same: True$",
        r"^nothing happened$",
        r"^refalloc: double free",
        r"^measured: +1?\d of 100$",
        r"^python3 on it, as a multiple of glibc's: [01]\.\d\d$",
    ],
}
MISCONCEPTIONS = {  # what learners believe -> the lesson in which a cell shows otherwise, and what it then prints
    "free returns memory to the system": ("07", r"^small one freed: +65536$"),
    "free erases": ("00", r"^b'(\\x00){8}ijklmnopqrstuvwxyz'$"),
    "fresh memory is zero": ("01", r"^measured: +1$(.|\n)*^measured: +1$"),
    "the free list is in address order": ("05", r"^measured: +1, 7, 0, 4, 2$"),
    "the allocator remembers sizes": ("07", r"^Cleo has what was Ann's: True$"),
    "alignment is only about speed": ("06", r"^slots of +8192: +131072 of 65536 bytes handed out, past the end!$"),
    "a slot belongs to a thread for ever": ("09", r"^from lane 1 and now in the list of lane 0$"),
    "a failed try-lock is an error or means waiting": ("09", r"^all always say 0: [1-9]\d*$"),
    "a passed stress test proves safety": ("08", r"^measured: +0 updates$"),
    "a lock guards code": ("08", r"T1 reads frees\[3\] of lane 0, which T0 writes; no lock orders the two"),
}
PICTURES_OF_TIME = {"13", "14"}  # lessons whose pictures show times: no two runs draw the same


def code_lines(cell):
    return [line for line in cell.source.splitlines() if line.strip()]


def text_of(cell):
    """All that the outputs of a cell say as plain text."""
    said = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])]
    return "\n".join(said)


def kept_cells(lesson):
    return [cell for cell in cells_of(lesson, "code") if "keep_output" in cell.metadata.get("tags", [])]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run(lesson, answer) executes its notebook in a course folder of its own; answer(exercise) is the file's text."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    folder = tmp_path / "course"
    for name in ("exercises", "notebooks", "tests/solutions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))

    def execute(lesson, answer):
        for exercise in COURSE.exercises:
            (folder / "exercises" / exercise.stub).write_text(answer(exercise))
        notebook = nbformat.read(lesson.notebook, as_version=4)
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder / "notebooks")}}).execute()
        return {cell.source: text_of(cell) for cell in notebook.cells if cell.cell_type == "code"}

    return execute


@LESSONS
def test_with_stubs_it_measures_what_it_says_and_each_check_says_not_attempted(lesson, run):
    said = run(lesson, stub_text)
    for measured in MEASURED[lesson.id]:
        assert re.search(measured, "\n".join(said.values()), re.MULTILINE), measured
    for exercise in lesson.exercises:
        assert f"{exercise.id} not attempted: 0 of {exercise.points}" in said[f'check("{exercise.id}")']
    for source, text in said.items():
        assert len(text.splitlines()) <= 30, source
    for cell in kept_cells(lesson):
        if lesson.id not in PICTURES_OF_TIME:
            assert said[cell.source] == text_of(cell), "the kept picture is of another day; see CONTRIBUTING.md"


@LESSONS
def test_with_solutions_each_check_says_correct(lesson, run):
    said = run(lesson, lambda exercise: exercise.solution.read_text())
    for exercise in lesson.exercises:
        assert f"{exercise.id} correct: {exercise.points} of" in said[f'check("{exercise.id}")']
    for milestone in [milestone for milestone in MILESTONES if milestone.id == lesson.id]:
        assert "correct        all your pieces together" in said[f'milestone("{milestone.id}")']


@pytest.mark.parametrize("number", ["13", "14"])
def test_without_numba_it_says_so_and_goes_on(number, run, tmp_path):
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00_no_numba.py").write_text("import sys\nsys.modules['numba'] = None\n")
    (lesson,) = [lesson for lesson in COURSE.lessons if lesson.id == number]
    said = run(lesson, stub_text)
    assert "pip install --editable '.[native]'" in "\n".join(said.values())
    for exercise in lesson.exercises:
        assert f"{exercise.id} not attempted" in said[f'check("{exercise.id}")']


@LESSONS
def test_pacing(lesson):
    cells = cells_of(lesson)
    text, code = cells_of(lesson, "markdown"), cells_of(lesson, "code")
    assert 25 <= len(cells) <= 45
    assert 0.6 <= len(code) / len(text) <= 1.4
    lengths = [len(code_lines(cell)) for cell in code]
    assert statistics.median(lengths) <= 5
    assert max(lengths) <= 25
    for cell in text:
        assert len(cell.source.split()) < 90, cell.source
    kinds = "".join(cell.cell_type[0] for cell in cells)
    assert "ccc" not in kinds, "at most two code cells in a row"


@LESSONS
def test_the_parts_of_a_lesson_are_there_in_order(lesson):
    headings = [line for cell in cells_of(lesson, "markdown") for line in cell.source.splitlines() if line[:1] == "#"]
    assert headings[0].startswith("# ")
    assert headings[0].endswith("?")
    assert all(heading.startswith("## ") for heading in headings[1:])
    wanted = ["## Guess", "xercise", "## An experiment", "## A road not taken", "## Summary", "## What to read"]
    places = [next(at for at, heading in enumerate(headings) if part in heading) for part in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize("belief", MISCONCEPTIONS)
def test_each_misconception_is_met_by_a_cell_that_runs(belief):
    number, printed = MISCONCEPTIONS[belief]
    assert printed in MEASURED[number], "what its lesson's cells are held to print"


# What others' software does is said with its source: a file of it, a page of a manual, a link.
OTHERS = re.compile(r"\b(glibc|mimalloc|jemalloc|TCMalloc|tcmalloc|bumpalo|pymalloc|CPython|Zig|Electric Fence)\b")
SOURCE = re.compile(r"Sources?: |`[\w/.]+\.(?:c|h|zig)`|\w\(\d\)|https?://|`sys\.\w+\(\)`")
OWN_MEASUREMENT = {  # cells that say how they ran here, or what they were compared with here
    ("08", "surprise-why"),
    ("09", "at-once-result"),
    ("10", "guess-text"),
    ("12", "surprise-text"),
    ("12", "surprise-result"),
    ("13", "peers-text"),
    ("13", "peers-result"),
}


@LESSONS
def test_what_is_said_of_others_software_has_its_source(lesson):
    for cell in cells_of(lesson, "markdown")[1:]:
        if OTHERS.search(cell.source) and (lesson.id, cell.id) not in OWN_MEASUREMENT:
            assert SOURCE.search(cell.source), (cell.id, cell.source)


@LESSONS
def test_the_road_not_taken_names_who_took_it_and_the_source(lesson):
    text = "\n".join(cell.source for cell in cells_of(lesson, "markdown"))
    road = text.partition("## A road not taken")[2].partition("\n## ")[0]
    assert OTHERS.search(road)
    assert re.search("Sources?: ", road)


@LESSONS
def test_it_opens_with_minutes_and_objectives_and_what_is_needed(lesson):
    _, minutes, after, needs = cells_of(lesson)[0].source.split("\n\n")
    count = ("one exercise", "two", "three", "four")[len(lesson.exercises) - 1]
    assert re.fullmatch(rf"\*[1-9]\d minutes.* {count}\b.*\*", minutes)
    assert after.startswith("After this lesson you can ")
    assert needs.startswith("You need ")


@LESSONS
def test_the_reader_can_call_for_checks_and_help(lesson):
    called = {"check", "hint", "solution"} if lesson.exercises else set()
    (imported,) = [
        {alias.name for alias in node.names}
        for cell in cells_of(lesson, "code")
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.ImportFrom) and node.module == "refalloc.lab"
    ]
    assert called <= imported


@LESSONS
def test_each_guess_has_a_name_of_its_own_and_a_result(lesson):
    trees = [ast.parse(cell.source) for cell in cells_of(lesson, "code")]
    guesses = {}  # variable -> (its name on disk, number of the cell)
    for number, tree in enumerate(trees):
        for statement in tree.body:
            match statement:
                case ast.Assign([ast.Name(variable)], ast.Call(ast.Name("predict"), [ast.Constant(name), *_])):
                    assert isinstance(tree.body[-1], ast.Expr), "a widget is shown as the last line of its cell"
                    assert ast.unparse(tree.body[-1]) == variable
                    guesses[variable] = (name, number)
    names = [name for name, _ in guesses.values()]
    assert names
    assert len({*names}) == len(names)
    assert all(name.startswith(f"{lesson.id} ") for name in names)
    for variable, (_, asked) in guesses.items():
        shown = [number for number, tree in enumerate(trees) if f"{variable}.result(" in ast.unparse(tree)]
        assert min(shown, default=0) > asked, variable


@LESSONS
def test_cells_have_ids_that_say_what_they_are(lesson):
    ids = [cell.id for cell in cells_of(lesson)]
    assert len({*ids}) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", cell_id) for cell_id in ids)


@LESSONS
def test_kept_outputs_are_pictures_with_a_sentence_and_plots_have_a_table(lesson):
    assert kept_cells(lesson)
    for cell in kept_cells(lesson):
        picture, *tables = cell.outputs
        assert {*picture.data} == {"image/png", "text/plain"}
        assert len(picture.data["image/png"]) < 28_000
        assert len(tables) == ("plot_" in cell.source), "a plot has a table, and a widget has its still"
        for table in tables:
            assert {*table.data} == {"text/html"}
            assert f"<p>{escape(picture.data['text/plain'])}</p><table>" in table.data["text/html"]


def test_nothing_else_is_kept():
    if os.environ.get("CI") is None and (ROOT / ".refalloc").exists():
        return  # someone learns here, and their notebooks hold their outputs
    verify = [sys.executable, "-m", "nbstripout", "--verify", "--keep-id", "--extra-keys", "metadata.language_info"]
    done = subprocess.run([*verify, *sorted((ROOT / "notebooks").glob("*.ipynb"))], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_notebook_is_a_lesson_or_the_glossary():
    assert {*(ROOT / "notebooks").glob("*.ipynb")} == {GLOSSARY, *(lesson.notebook for lesson in COURSE.lessons)}
