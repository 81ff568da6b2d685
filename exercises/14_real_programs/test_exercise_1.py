"""Checks of exercise 14.1."""

import random

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import compare


def usable(table, chunk_len, addr):
    chunk, offset = divmod(addr, chunk_len)
    entry = table[chunk] if chunk < len(table) else 0
    if entry < 0:
        return -entry if offset == 0 else 0
    if entry == 0 or offset % entry or offset + entry > chunk_len:
        return 0
    return entry


def anywhere_in_a_large_block(table, chunk_len, addr):
    """Wrong: also in its middle, and in its further chunks."""
    chunk = min(addr // chunk_len, len(table) - 1)
    while chunk > 0 and table[chunk] == 0:
        chunk -= 1
    entry = table[chunk]
    inside = addr - chunk * chunk_len < -entry
    return -entry if inside else usable(table, chunk_len, addr)


def anywhere_in_a_slot(table, chunk_len, addr):
    entry = table[addr // chunk_len] if addr // chunk_len < len(table) else 0
    return entry if entry > 0 else usable(table, chunk_len, addr)


def rest_is_a_slot(table, chunk_len, addr):
    chunk, offset = divmod(addr, chunk_len)
    entry = table[chunk] if chunk < len(table) else 0
    return entry if entry > 0 and offset % entry == 0 else usable(table, chunk_len, addr)


def by_address(table, chunk_len, addr):
    """Wrong: multiples of the slot's length, counted from address 0 and not from the slab."""
    entry = table[addr // chunk_len] if addr // chunk_len < len(table) else 0
    if entry > 0:
        return entry if addr % entry == 0 and addr % chunk_len + entry <= chunk_len else 0
    return usable(table, chunk_len, addr)


def to_the_end(table, chunk_len, addr):
    """Wrong: what is left of the slot."""
    entry = table[addr // chunk_len] if addr // chunk_len < len(table) else 0
    return entry - addr % chunk_len % entry if entry > 0 else usable(table, chunk_len, addr)


def drawn(_, table, chunk_len, addr):
    """The slab or large block that begins at or before the address, and the slots round the address."""
    begun = [chunk for chunk, entry in enumerate(table[: addr // chunk_len + 1]) if entry != 0]
    if not begun:
        return []
    start, entry = begun[-1] * chunk_len, table[begun[-1]]
    rows = [("block", start, start - entry)] if entry < 0 else [("slab", start, start + chunk_len)]
    if entry > 0:
        near = range(max((addr - start) // entry - 1, 0), min((addr - start) // entry + 2, chunk_len // entry))
        rows += [(f"slot {number}", start + number * entry, start + (number + 1) * entry) for number in near]
    return bars([*rows, ("addr", addr, addr + 1)])


TRAPS = {
    "What is left at the end of a slab is shorter than a slot, and no block.": rest_is_a_slot,
    "Slots lie from the start of their slab on.": by_address,
    "Only the start of a large block is its address.": anywhere_in_a_large_block,
    "Only the start of a slot is a block's address.": anywhere_in_a_slot,
    "Only the start of a slot is a block's address; what is left of the slot is no answer.": to_the_end,
    "A large block's entry is less than 0, its length is not.": lambda table, chunk_len, addr: (
        -usable(table, chunk_len, addr) if table[addr // chunk_len] < 0 else usable(table, chunk_len, addr)
    ),
}
CHUNK_LEN = 64
TABLE = [0, 16, 24, -100, 0, 40, -64, 0, 16, 48]


@pytest.mark.points(1)
def test_every_address(student, edition):
    chunk_len = edition("chunk_len", CHUNK_LEN)
    tables = [[0], [16], [0, 16], [-64], [24], [0, 24], [0, -100, 0], [40, 16], TABLE]
    rows = [[table, chunk_len, addr] for table in tables for addr in range(0, (len(table) + 1) * chunk_len, 4)]
    compare(student.usable, rows, usable, TRAPS, drawn)
    draw = random.Random(edition.seed)
    big = [draw.choice([0, 16, 32, 48, 80, 1024, 3072, -70_000]) for _ in range(40)]
    addrs = [
        draw.randrange(40) * 65536 + draw.choice([0, draw.randrange(65536), 48 * draw.randrange(1366), 16])
        for _ in range(600)
    ]
    compare(student.usable, [[big, 65536, addr] for addr in addrs], usable, TRAPS)
