"""A milestone takes the learner's functions, and says which of them goes wrong."""

import dataclasses
import re

import pytest

from refalloc.course import CourseError
from refalloc.course.milestones import MILESTONES, find_milestone, own_files
from refalloc.course.runner import run_milestone
from refalloc.course.text import milestone_verdict

SEVEN, ELEVEN, FOURTEEN = MILESTONES
ALL = pytest.mark.parametrize("milestone", MILESTONES, ids=lambda milestone: milestone.id)

# Wrong answers that damage an allocator, and words of what is said of them. Others break their exercise's rules, such
# as where the link lies, and make an allocator that is right all the same.
DAMAGING = {
    ("09.1", "wrong_waits_for_its_own"): "lane 0 is taken, and was waited for, while another lane was free",
    ("09.1", "wrong_leaves_the_table"): "raised IndexError",
    ("09.2", "wrong_as_it_was"): "lane 0 was left locked",
    ("09.2", "wrong_drops_the_list"): "are in no list, and nobody has them",
    ("09.2", "wrong_reads_the_front_before"): "where another block lies",
    ("10.1", "wrong_counts_again"): "total gave 1405; expected 307347",
    ("10.1", "wrong_without_lock"): "data race",
    ("11.1", "wrong_looks_without_a_lock"): "data race",
    ("11.1", "wrong_list_ends_after_one"): "are in no list, and nobody has them",
    ("11.2", "wrong_as_it_was"): "lane 2 is taken, and was waited for, while another lane was free",
    ("11.2", "wrong_loses_what_was_there"): "are in no list, and nobody has them",
    ("11.3", "wrong_one_free_slot_is_enough"): "slabs that hold live blocks and are unmapped: 12; expected 0",
    ("11.3", "wrong_first_lane_alone"): "slabs that hold no live block and are there: 9; expected 0",
    ("04.1", "wrong_adds_up"): "where another block lies",
    ("04.1", "wrong_copies_the_reference"): "no multiple of 16",
    ("04.1", "wrong_float"): "a float; give an int back",
    ("04.1", "wrong_rounds_down"): "where another block lies",
    ("05.1", "wrong_empty_list"): "raised MemoryFault",
    ("05.1", "wrong_hands_out_the_next"): "Slots that were given back do not come again",
    ("05.1", "wrong_keeps_the_front"): "where another block lies",
    ("05.1", "wrong_nothing_returned"): "gave None; expected an address",
    ("06.1", "wrong_begins_at_the_end"): "not all of the 5 bytes there are mapped",
    ("06.1", "wrong_not_aligned"): "where another block lies",
    ("06.1", "wrong_only_zero_means_none"): "where another block lies",
    ("06.1", "wrong_first_slot_forgotten"): "16 slots of 2048 bytes were handed out of 3 slabs; 2 are enough",
    ("07.1", "wrong_compares_bytes_given"): "remap at",
    ("07.1", "wrong_shrinking_is_fine"): "Slots that were given back do not come again",
    ("07.2", "wrong_frees_first"): "is not what its owner wrote",
    ("07.2", "wrong_never_frees"): "Slots that were given back do not come again",
    ("12.1", "wrong_never_reuses"): "Slots that were freed do not come again",
    ("12.1", "wrong_resize_within_the_slab"): "where another block lies",
    ("12.1", "wrong_one_slab_for_all_classes"): "resize of your text takes its slot for 16",
    ("13.1", "wrong_fractions"): "a float; give an int back",
    ("13.1", "wrong_theirs_to_ours"): "python3 by turns on the library and without it, 9 rounds: spread(",
    ("13.2", "wrong_forgets_the_rest"): "As measured of python3: share_of(",
    ("14.1", "wrong_behind_the_table"): "raised IndexError",
    ("14.1", "wrong_inside_a_large_block"): "gave 32816; expected 0: no block begins there",
    ("14.1", "wrong_inside_a_slot"): "gave 16; expected 0: no block begins there",
    ("14.1", "wrong_length_below_0"): "gave -32816; expected 32816",
    ("14.2", "wrong_names_the_malloc"): "of which the library says 'refalloc: use after free",
    ("14.2", "wrong_offset_from_the_end"): "of which the library says 'refalloc: overrun",
}
# Answers unlike the solutions. The other one of 12.1 has a tuple, and an index into it may fail: C has no exceptions.
UNLIKE = [(SEVEN, 0), (SEVEN, -1), (ELEVEN, 0), (ELEVEN, -1), (FOURTEEN, 0)]


def answer(course, piece, name="solution"):
    return course.exercise(piece).solution.with_name(f"{name}.py")


def outcomes(report):
    """{piece, or "together": outcome}."""
    return {test.name.split(",")[0].removeprefix("all your pieces "): test.outcome for test in report.tests}


def the_solutions(course, milestone=SEVEN):
    return {piece: answer(course, piece) for piece in milestone.pieces}


@ALL
def test_the_solutions_make_an_allocator(course, milestone):
    report = run_milestone(milestone, the_solutions(course, milestone))
    assert outcomes(report) == dict.fromkeys([*milestone.pieces, "together"], "correct")
    said = "every byte as it was" if milestone is FOURTEEN else "every byte of every block as its owner wrote it"
    assert said in report.tests[-1].message


@pytest.mark.parametrize(("milestone", "pick"), UNLIKE, ids=lambda value: str(getattr(value, "id", value)))
def test_answers_unlike_the_solutions_make_one_too(course, milestone, pick):
    files = {piece: sorted(answer(course, piece).parent.glob("right_*.py"))[pick] for piece in milestone.pieces}
    assert outcomes(run_milestone(milestone, files)) == dict.fromkeys([*milestone.pieces, "together"], "correct")


@pytest.mark.parametrize(("piece", "name"), DAMAGING, ids=map("-".join, DAMAGING))
def test_the_piece_that_goes_wrong_is_named(course, piece, name):
    milestone = next(milestone for milestone in MILESTONES if piece in milestone.pieces)
    report = run_milestone(milestone, {piece: answer(course, piece, name)})
    found = outcomes(report)
    assert found.pop(piece) in ("incorrect", "crashed")
    assert found.pop("together") in ("incorrect", "crashed")
    assert set(found.values()) == {"not attempted"}
    said = next(test.message for test in report.tests if test.name.startswith(piece))
    assert DAMAGING[piece, name] in said


def test_the_wrong_one_among_right_ones_is_named(course):
    files = the_solutions(course) | {"07.1": answer(course, "07.1", "wrong_shrinking_is_fine")}
    report = run_milestone(SEVEN, files)
    wrong = [piece for piece, outcome in outcomes(report).items() if outcome != "correct"]
    assert wrong == ["07.1", "together"]
    assert report.tests[-1].message.endswith("With refalloc's 07.1 it goes right")


def test_the_wrong_one_among_right_ones_with_threads_is_named(course):
    files = the_solutions(course, ELEVEN) | {"10.1": answer(course, "10.1", "wrong_without_lock")}
    report = run_milestone(ELEVEN, files)
    assert [piece for piece, outcome in outcomes(report).items() if outcome != "correct"] == ["10.1", "together"]
    assert report.tests[-1].message.endswith("With refalloc's 10.1 it goes right")
    assert any("T1" in line for line in report.tests[-1].lines), "the schedule is shown"


def test_pieces_that_go_wrong_only_together_are_named(course):
    files = the_solutions(course)
    counting = """
def push(heap, lane, size_class, slot, link_offset):
    lane.next_addrs[size_class + 32] += 1
    heap.store(slot + link_offset, lane.frees[size_class])
    lane.frees[size_class] = slot

def pop(heap, lane, size_class, link_offset):
    slot = lane.frees[size_class]
    if slot != 0:
        lane.frees[size_class] = heap.load(slot + link_offset)
    return slot
"""
    elsewhere = files["06.1"].read_text().replace("next_addrs[size_class]", "next_addrs[size_class + 32]")
    for piece, text in (("05.1", counting), ("06.1", elsewhere)):
        course.exercise(piece).file.write_text(text)
        files[piece] = course.exercise(piece).file
    report = run_milestone(SEVEN, files)
    assert [piece for piece, outcome in outcomes(report).items() if outcome != "correct"] == ["together"]
    assert report.message.endswith("With refalloc's 05.1 or 06.1 it goes right")


def test_the_last_one_tells_what_the_library_did_in_each_program(course):
    said = run_milestone(FOURTEEN, the_solutions(course, FOURTEEN)).tests[-1].message
    told = (
        r"the same [\d,]+ characters as without it. \d process.*[\d,]+ mallocs.*bytes mapped, in \d+ slabs.*lanes used"
    )
    for program in ("python3", "gcc", "sqlite3"):
        assert re.search(rf"^{program}: ({told}|not installed here)", said, re.MULTILINE), said
    assert re.search("Your verdict: (faster|slower|nobody knows)", said)
    assert "your verdict named each: use after free, overrun, double free" in said


def test_a_slabs_rest_is_found_out_by_slots_that_do_not_fill_it(course):
    files = the_solutions(course, FOURTEEN) | {"14.1": answer(course, "14.1", "wrong_rest_of_the_slab")}
    report = run_milestone(FOURTEEN, files)
    assert [piece for piece, outcome in outcomes(report).items() if outcome != "correct"] == ["together"]
    assert "in a chunk of 32768 bytes, gave 48; expected 0: no block begins there. With refalloc's " in report.message


def test_a_text_that_is_no_library_is_told_with_what_is_wrong(course):
    file = course.exercise("12.1").file
    unlike_c = "\n\ndef free(heap, addr, length, align_log2):\n    kept(heap, *(addr, length, align_log2), **{})\n"
    file.write_text(answer(course, "12.1").read_text() + "\n\nkept = free\n" + unlike_c)
    report = run_milestone(FOURTEEN, {"12.1": file})
    assert report.outcome == "incorrect"
    assert "No library can be made of your text: " in report.message


def test_without_numba_the_last_one_says_what_is_missing(course, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['numba'] = None\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    files = the_solutions(course, FOURTEEN)
    report = run_milestone(FOURTEEN, files)
    found = outcomes(report)
    assert found.pop("14.1") == "correct"
    assert set(found.values()) == {"not attempted"}
    assert "No library can be made here: " in milestone_verdict(FOURTEEN, report, files)[-2]


def test_what_an_exercise_imports_from_refalloc_is_the_learners_own(course):
    text = answer(course, "07.2").read_text().replace("from refalloc import allocator", "")
    text = "from refalloc.allocator import alloc, free, resize\n" + text.replace("allocator.", "")
    course.exercise("07.2").file.write_text(text)
    lost = answer(course, "05.1", "wrong_hands_out_the_next")
    files = {"05.1": lost, "07.2": course.exercise("07.2").file}
    assert outcomes(run_milestone(SEVEN, files)) | {"04.1": "", "06.1": "", "07.1": ""} == {
        "04.1": "",
        "05.1": "incorrect",
        "06.1": "",
        "07.1": "",
        "07.2": "correct",
        "together": "incorrect",
    }


def test_stubs_and_files_that_are_gone_are_not_begun(course):
    assert own_files(SEVEN, course) == {}
    course.exercise("05.1").file.write_text("def push(): pass\n")
    course.exercise("06.1").file.unlink()
    assert own_files(SEVEN, course) == {"05.1": course.exercise("05.1").file}


def test_with_nothing_begun_nothing_is_attempted():
    report = run_milestone(SEVEN, {})
    assert report.outcome == "not attempted"
    assert len(report.tests) == len(SEVEN.pieces) + 1


def test_a_loop_without_end_and_a_crash_are_told_with_their_lines(course):
    file = course.exercise("06.1").file
    for body, outcome, said in (
        ("while True: pass", "timed out", "in next_slot("),
        ("import os; os._exit(3)", "crashed", "ended the whole process (exit code 3)"),
    ):
        file.write_text(f"def next_slot(heap, lane, size_class, slot_len, slab_len):\n    {body}\n")
        report = run_milestone(dataclasses.replace(SEVEN, seconds=2), {"06.1": file})
        assert report.outcome == outcome
        assert said in report.message
    assert report.tests[-1].outcome == "not reached"


def test_every_milestone_has_its_checks_and_its_pieces(course):
    for milestone in MILESTONES:
        assert milestone.checks.is_file()
        assert [course.exercise(piece).id for piece in milestone.pieces] == list(milestone.pieces)
        assert find_milestone(int(milestone.id)) == milestone


def test_a_milestone_that_is_not_there_is_told():
    with pytest.raises(CourseError, match="there is one after each of the lessons 07, 11, 14"):
        find_milestone("08")
