"""The checks of milestone 07: each of the learner's pieces among refalloc's, and then all of them together."""

import pytest

from refalloc.arena import PAGE_LEN
from refalloc.course.expect import WrongAnswerError
from refalloc.course.milestones import find_milestone
from refalloc.course.milestones.assembly import Assembly
from refalloc.course.milestones.play import SPACE_FACTOR, Player, heap_calls
from refalloc.student import StudentError

PROGRAM, EVENT_COUNT = "git-repack", 4000
MILESTONE = find_milestone("07")


def played(pieces, calls, chosen):
    """The heap after the program's calls, with the learner's functions of the `chosen` exercises."""
    heap = pieces.new_heap()
    heap.map(PAGE_LEN, 0)  # somebody else's: what is mapped next is aligned only where that is asked for
    assembly = pieces.assemble(lambda own: Assembly(heap, own), chosen)
    Player(assembly, heap).play(calls)
    return heap


def prove(pieces, chosen):
    """Play, and compare the memory with what refalloc's pieces map. Returns (bytes mapped, refalloc's, calls)."""
    calls = heap_calls(PROGRAM, EVENT_COUNT)
    got, usual = (played(pieces, calls, some).peak_mapped_len for some in (chosen, ()))
    if got > SPACE_FACTOR * usual:
        raise WrongAnswerError(
            f"After {len(calls):,} heap calls of {PROGRAM}, {got >> 10:,} KiB are mapped; with refalloc's pieces "
            f"{usual >> 10:,} KiB were enough. Slots that were given back do not come again, or classes are too long"
        )
    return got, usual, calls


@pytest.mark.points(0)
@pytest.mark.parametrize("piece", MILESTONE.pieces)
def test_right_among_pieces_of_refalloc(pieces, piece):
    pieces.require_own(piece)
    prove(pieces, [piece])


@pytest.mark.points(0)
def test_all_your_pieces_together(pieces, say):
    if not pieces.own:
        raise StudentError("not attempted", "none of the exercises is begun")
    try:
        got, usual, calls = prove(pieces, list(pieces.own))
    except (WrongAnswerError, StudentError) as error:
        without = [piece for piece in pieces.own if goes_right(pieces, [own for own in pieces.own if own != piece])]
        if without and len(pieces.own) > 1:
            named = " or ".join(without)
            raise WrongAnswerError(f"{str(error).rstrip('.')}. With refalloc's {named} it goes right") from None
        raise
    say(
        f"{len(calls):,} heap calls of {PROGRAM}, and every byte of every block as its owner wrote it. "
        f"At most {got >> 10:,} KiB were mapped; with refalloc's pieces it is {usual >> 10:,}."
    )


def goes_right(pieces, chosen):
    try:
        prove(pieces, chosen)
    except Exception:  # whatever it is, it did not go right
        return False
    return True
