"""Checks of exercise 01.2. The page is the first of the heap and the only one: a word too far is a MemoryFault."""

import random
import string

import pytest

from refalloc.course.drawing import WORD_LEN, words
from refalloc.course.expect import WrongAnswerError
from refalloc.student import shorten

PAGE_LEN = 4096
FAR = 64  # bytes from the block; what changed farther away is not drawn
SMALL, LARGE = (alphabet.encode() for alphabet in (string.ascii_lowercase, string.ascii_uppercase))


def filled_page(student, seed):
    """(heap, address of its one page), which is full of small letters."""
    heap = student.new_heap()
    page = heap.map(PAGE_LEN, 0)
    heap.write(page, bytes(random.Random(seed).choices(SMALL, k=PAGE_LEN)))
    return heap, page


def bytes_of_page(heap, page, byte_order):
    """The page as `byte_order` says it lies in memory."""
    return b"".join(heap.load(addr).to_bytes(8, byte_order) for addr in range(page, page + PAGE_LEN, 8))


def cases(edition):
    """(offset in the page, length, byte order), smallest first."""
    draw = random.Random(edition.seed)
    orders = edition("byte_orders", ["little", "big"])
    for order in orders:
        yield from ((0, 8, order), (0, 1, order), (3, 2, order), (0, 16, order), (6, 4, order), (5, 20, order))
        yield from ((PAGE_LEN - 1, 1, order), (PAGE_LEN - 8, 8, order), (PAGE_LEN - 11, 11, order))
    for _ in range(100):
        length = draw.randint(1, 40)
        yield draw.randrange(PAGE_LEN - length), length, draw.choice(orders)


def drawn(offset, length, rows, places=()):
    """The words that the block lies in, the block below them, and then what is there.

    Args:    rows: {name: bytes from the start of the page on}; places: list of int, to be shown too.
    """
    shown = [place for place in places if abs(place - offset) < FAR]
    start, end = min([offset, *shown]), max([offset + length, *(place + 1 for place in shown)])
    start, end = start // WORD_LEN * WORD_LEN, -(-end // WORD_LEN) * WORD_LEN
    rows = {"block": b" " * offset + b"^" * length} | rows
    return words([(name, data[start:end].ljust(end - start)) for name, data in rows.items()])


def load_trap(expected, got, page, offset, length, order):
    """The likely reason for a wrong load, or ""."""
    other = bytes(byte for at in range(0, PAGE_LEN, 8) for byte in reversed(page[at : at + 8]))
    if got == other[offset : offset + length] or (length == 8 and got == expected[::-1]):
        return f" Those bytes are in the wrong order: with {order!r}, the {_first(order)} byte of a word comes first."
    start = offset - offset % 8
    if got == page[start : start + length]:
        return " Those bytes start where the word starts; the block starts inside it."
    if expected.startswith(got):
        return " Bytes are missing: does the block go on in the next word?"
    if got.startswith(expected):
        return " Those are more bytes than were asked for."
    return ""


def _first(order):
    return "lowest" if order == "little" else "highest"


@pytest.mark.points(1)
def test_bytes_are_read_from_any_place(student, edition):
    heap, addr = filled_page(student, edition.seed)
    for offset, length, order in cases(edition):
        page = bytes_of_page(heap, addr, order)
        expected = page[offset : offset + length]
        got = student.load_bytes(heap, addr + offset, length, order)
        if got == expected:
            continue
        call = f"load_bytes(heap, arena + {offset}, {length}, {order!r})"
        if type(got) is not bytes:
            reason = " Is there a `return` on every path?" if got is None else " Give bytes back."
        else:
            reason = load_trap(expected, got, page, offset, length, order)
        rows = {"memory": page} | ({"yours": b" " * offset + got} if type(got) is bytes else {})
        told = f"{call} gave {shorten(got)}; expected {shorten(expected)}.{reason}"
        raise WrongAnswerError(told, drawn(offset, length, rows))


@pytest.mark.points(1)
def test_bytes_are_written_to_any_place_and_no_others_change(student, edition):
    heap, addr = filled_page(student, edition.seed)
    draw = random.Random(edition.seed + 1)
    for offset, length, order in cases(edition):
        before = bytes_of_page(heap, addr, order)
        data = bytes(draw.choices(LARGE, k=length))
        student.store_bytes(heap, addr + offset, data, order)
        after = bytes_of_page(heap, addr, order)
        call = f"store_bytes(heap, arena + {offset}, {shorten(data)}, {order!r})"
        if after == before and before[offset : offset + length] != data:
            raise WrongAnswerError(f"{call} changed nothing.")
        picture = {"before": before, "to write": b" " * offset + data, "after": after}
        outside = [at for at in range(PAGE_LEN) if after[at] != before[at] and not offset <= at < offset + length]
        if outside:
            at = outside[0]
            raise WrongAnswerError(
                f"{call} changed the byte at arena + {at}, which is not one of the block's: it was "
                f"{before[at : at + 1]}, and is {after[at : at + 1]}. Keep the word's other bytes: load it first.",
                drawn(offset, length, picture, outside),
            )
        got = after[offset : offset + length]
        if got != data:
            or_ed = bytes(new | old for new, old in zip(data, before[offset : offset + length], strict=True))
            reason = " The old bytes show through: clear them before you put the new ones in." if got == or_ed else ""
            told = f"{call} left {shorten(got)} there; expected {shorten(data)}.{reason}"
            raise WrongAnswerError(told, drawn(offset, length, picture))
