"""The checks of milestone 14: the learner's whole allocator and what they wrote in 13 and 14, on real programs.

12.1   is made a library, on which real programs write what they always write
13.1   judges their times, and 13.2 says what the allocator's share in them is
14.1   frees without a length, on the interpreted heap
14.2   reads what the library says of programs that make a mistake
"""

from functools import partial
from pathlib import Path

import pytest

from refalloc import allocator
from refalloc.course.expect import WrongAnswerError, require
from refalloc.course.milestones import find_milestone
from refalloc.course.milestones.play import SPACE_FACTOR, Player, heap_calls
from refalloc.course.milestones.real import (
    FAULTS,
    ROUNDS,
    UNIT,
    crash,
    library_of,
    ratio_alone,
    times_of,
    told_of_programs,
)
from refalloc.course.milestones.trying import try_piece, try_together
from refalloc.course.milestones.unsized import ALIGN_LOG2, Unsized, expected_usable

PROGRAM, EVENT_COUNT = "git-repack", 4000
REACH = 16  # bytes behind a block that a library watches
proven: list[Path] = []  # libraries on which the programs went right: no other need be made to try 13.1, 13.2 and 14.2


def prove(pieces, chosen, whole=False):
    """Prove the `chosen` pieces; with `whole`, run programs whichever these are. Returns list of str, to be told."""
    own = {piece: pieces.own[piece] for piece in chosen}
    told = []
    if own.keys() & {"12.1", "14.1"}:
        told.append(prove_unsized(pieces, own))
    if own.keys() <= {"14.1"} and not whole:
        return told
    if "12.1" in own:
        library = library_of(str(own["12.1"].file))
    else:
        library = proven[0] if proven and not whole else library_of(allocator.__file__)
    if whole or "12.1" in own:
        told += told_of_programs(library)
        proven.append(library)
    for piece, prove_piece in (("13.1", prove_verdict), ("13.2", prove_share), ("14.2", prove_reading)):
        if piece in own:
            told.append(prove_piece(own[piece], library))
    return told


def prove_unsized(pieces, own):
    """A recorded program on C's interface."""
    calls = [call for call in heap_calls(PROGRAM, EVENT_COUNT, joins=False) if call[5] <= ALIGN_LOG2]
    unsized, usual = Unsized(pieces, own), Unsized(pieces, {})
    Player(usual, usual.heap).play(calls)
    player = UnsizedPlayer(unsized)
    player.play(calls)
    got, base = unsized.heap.peak_mapped_len, usual.heap.peak_mapped_len
    if got > SPACE_FACTOR * base:
        raise WrongAnswerError(
            f"After {len(calls):,} heap calls of {PROGRAM}, {got >> 10:,} KiB are mapped; with refalloc's text "
            f"{base >> 10:,} KiB were enough. Slots that were freed do not come again, or slots are too long"
        )
    return f"{len(calls):,} heap calls of {PROGRAM}, {unsized.frees:,} frees without a length, every byte as it was."


class UnsizedPlayer(Player):
    """Looks at the length before each free, and asks for those of addresses nearby, which are no block's."""

    def __init__(self, unsized):
        super().__init__(unsized, unsized.heap)
        self._unsized = unsized

    def free(self, number, block):
        addr, length, _ = self.live[block]
        self.tell(number, f"free of a block of {length}")
        if self._unsized.is_asked and self._expected(addr) == 0:
            self.stop(
                f"the block at {addr} does not lie a multiple of its slot's length behind the start of its slab, and "
                "14.1 counts from there; hand a slab's slots out one after the other, from its start"
            )
        self._require_expected(addr)
        room = self.made(self._unsized.usable, addr)
        if room < length:
            self.stop(f"the block at {addr} has {length} bytes, and resize of your text takes its slot for {room}")
        chunk_len = self._unsized.chunk_len
        rest = addr - (addr - self._unsized.base) % chunk_len + chunk_len // room * room  # of the slab, if there is one
        for other in (addr + 8, addr + chunk_len, rest, self._unsized.end):
            self._require_expected(other)
        super().free(number, block)

    def _expected(self, addr):
        return expected_usable(self._unsized.table, self._unsized.chunk_len, addr - self._unsized.base)

    def _require_expected(self, addr):
        if not self._unsized.is_asked:
            return
        got, expected = self.made(self._unsized.usable, addr), self._expected(addr)
        if got != expected:
            reason = ": no block begins there" if expected == 0 else ""
            chunk_len = self._unsized.chunk_len
            self.stop(f"usable of {addr}, in a chunk of {chunk_len} bytes, gave {got}; expected {expected}{reason}")


def prove_verdict(piece, library):
    ours, theirs = times_of(library)
    ratios = ratios_of(ours, theirs)
    quarter = len(ratios) // 4
    expected = [ratios[quarter], ratios[len(ratios) // 2], ratios[-1 - quarter]]
    what = f"python3 by turns on the library and without it, {len(ours)} rounds"
    require(
        f"{what}: spread(ours={ours}, theirs={theirs}, unit={UNIT}) gave", piece.spread(ours, theirs, UNIT), expected
    )
    word = "faster" if expected[2] < UNIT else "slower" if expected[0] > UNIT else "nobody knows"
    require(f"{what}, where spread is {expected}: verdict gave", piece.verdict(ours, theirs, UNIT), word)
    low, middle, high = (ratio / UNIT for ratio in expected)
    return f"{what}: {middle:.2f} times the time ({low:.2f} to {high:.2f}). Your verdict: {word}."


def ratios_of(ours, theirs):
    """Round by round, parts in UNIT, in order."""
    return sorted(our * UNIT // their for our, their in zip(ours, theirs, strict=True))


def prove_share(piece, library):
    measured, ratio = ratios_of(*times_of(library))[ROUNDS // 2], ratio_alone(library)
    expected = next((share for share in range(UNIT + 1) if _whole(share, ratio) == measured), -1)
    call = f"share_of(measured={measured}, ratio={ratio}, unit={UNIT})"
    require(f"As measured of python3: {call} gave", piece.share_of(measured, ratio, UNIT), expected)
    share = max(expected, 0)
    require(
        f"whole(share={share}, ratio={ratio}, unit={UNIT}) gave", piece.whole(share, ratio, UNIT), _whole(share, ratio)
    )
    alone = (
        f"malloc and free alone take {ratio / UNIT:.2f} times the system's time, python3 {measured / UNIT:.2f} times"
    )
    if expected < 0:
        return f"{alone}. No share explains that, says your share_of: something else has changed."
    return f"{alone}. Your share_of explains it: {expected} parts in {UNIT} are spent in the allocator."


def _whole(share, ratio):
    return UNIT - share + share * ratio // UNIT


def prove_reading(piece, library):
    for fault in FAULTS:
        calls, addr, expected, sentence = crash(library, fault)
        got = piece.verdict(calls, addr, REACH)
        shown = ["freed", "past", "live", "unknown"]
        what = f"A program made {len(calls)} heap calls and a mistake, of which the library says {sentence!r}"
        if type(got) is list and got and got[0] not in shown:
            raise WrongAnswerError(f"{what}. verdict gave the word {got[0]!r}; expected one of {', '.join(shown)}")
        require(f"{what}. verdict(calls, addr={addr}, reach={REACH}) gave", got, expected)
    return f"{len(FAULTS)} programs with a mistake were stopped, and your verdict named each: {', '.join(FAULTS)}."


@pytest.mark.points(0)
@pytest.mark.parametrize("piece", find_milestone("14").pieces)
def test_right_among_pieces_of_refalloc(pieces, piece):
    try_piece(pieces, piece, partial(prove, pieces))


@pytest.mark.points(0)
def test_all_your_pieces_together(pieces, say):
    say("\n".join(try_together(pieces, partial(prove, pieces, whole=True))))
