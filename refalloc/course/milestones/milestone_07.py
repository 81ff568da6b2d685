"""The checks of milestone 07: each of the learner's pieces among refalloc's, and then all of them together."""

from functools import partial

import pytest

from refalloc.arena import PAGE_LEN
from refalloc.course.expect import WrongAnswerError
from refalloc.course.milestones import find_milestone
from refalloc.course.milestones.assembly import MIN_SLOT, SLAB_LEN, Assembly
from refalloc.course.milestones.play import SPACE_FACTOR, Player, heap_calls
from refalloc.course.milestones.trying import try_piece, try_together

PROGRAM, EVENT_COUNT = "git-repack", 4000


def played(pieces, calls, chosen):
    """The heap after the program's calls, with the learner's functions of the `chosen` exercises; the assembly."""
    heap = pieces.new_heap()
    heap.map(PAGE_LEN, 0)  # somebody else's: what is mapped next is aligned only where that is asked for
    assembly = pieces.assemble(lambda own: Assembly(heap, own), chosen)
    Player(assembly, heap).play(calls)
    return heap, assembly


def prove(pieces, chosen):
    """Play, and compare the memory with what refalloc's pieces map. Returns (bytes mapped, refalloc's, calls)."""
    calls = heap_calls(PROGRAM, EVENT_COUNT)
    heap, assembly = played(pieces, calls, chosen)
    got, usual = heap.peak_mapped_len, played(pieces, calls, ())[0].peak_mapped_len
    if got > SPACE_FACTOR * usual:
        raise WrongAnswerError(
            f"After {len(calls):,} heap calls of {PROGRAM}, {got >> 10:,} KiB are mapped; with refalloc's pieces "
            f"{usual >> 10:,} KiB were enough. Slots that were given back do not come again, or classes are too long"
        )
    require_full_slabs(assembly, f"After {len(calls):,} heap calls of {PROGRAM}")
    return got, usual, calls


def require_full_slabs(assembly, story):
    """A class gets another slab when all slots of the last one were handed out, and not before."""
    for size_class, (slabs, slots) in enumerate(zip(assembly.slab_counts, assembly.slot_counts, strict=True)):
        slot_len = MIN_SLOT << size_class
        slots_of_slab = SLAB_LEN // slot_len
        enough = -(-slots // slots_of_slab)
        if slabs > enough:
            raise WrongAnswerError(
                f"{story}, {slots:,} slots of {slot_len} bytes were handed out of {slabs} slabs; {enough} are enough: "
                f"each has {slots_of_slab} slots. next_slot never hands out one of them; look at the first of a slab, "
                "and at the last"
            )


@pytest.mark.points(0)
@pytest.mark.parametrize("piece", find_milestone("07").pieces)
def test_right_among_pieces_of_refalloc(pieces, piece):
    try_piece(pieces, piece, partial(prove, pieces))


@pytest.mark.points(0)
def test_all_your_pieces_together(pieces, say):
    got, usual, calls = try_together(pieces, partial(prove, pieces))
    say(
        f"{len(calls):,} heap calls of {PROGRAM}, and every byte of every block as its owner wrote it. "
        f"At most {got >> 10:,} KiB were mapped; with refalloc's pieces it is {usual >> 10:,}."
    )
