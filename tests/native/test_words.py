"""Arithmetic of words in compiled code, held against Python's."""

import ctypes
import random

from numba import njit

from refalloc.native.trial import fill, next_random, overwritten
from refalloc.native.words import unsigned_product, wrapping_product, wrapping_sum

EDGES = [0, 1, 2, 3, 2**31 - 1, 2**31, 2**32, 2**33, 2**62, 2**63 - 1, 2**63, 2**64 - 2, 2**64 - 1]
PAIRS = [(a, b) for a in EDGES for b in EDGES]
PAIRS += [
    (rng.getrandbits(rng.randrange(1, 65)), rng.getrandbits(64)) for rng in [random.Random(3)] for _ in range(200)
]


def signed(word):
    """The int64 of a word's bits."""
    return (word + 2**63) % 2**64 - 2**63


@njit
def product_and_quotient(number, factor):
    """What the compiler may make `number` of, where a product is said to fit."""
    return wrapping_product(number, factor), wrapping_product(number, 3) // 3


@njit
def sum_and_order(number, addend):
    """What the compiler may make True of, likewise."""
    return wrapping_sum(number, addend), wrapping_sum(number, 1) > number


@njit
def c_product(number, factor):
    return unsigned_product(number, factor)


def test_products_keep_the_low_bits():
    for number, factor in PAIRS:
        expected = (signed(number * factor), signed(3 * number) // 3)
        assert product_and_quotient(signed(number), signed(factor)) == expected, (number, factor)


def test_sums_keep_the_low_bits():
    for number, addend in PAIRS:
        expected = (signed(number + addend), number != 2**63 - 1)
        assert sum_and_order(signed(number), signed(addend)) == expected, (number, addend)


def test_products_of_sizes_say_whether_they_fit():
    for number, factor in PAIRS:
        expected = (signed(number * factor), number * factor >= 2**64)
        assert c_product(signed(number), signed(factor)) == expected, (number, factor)


def test_random_numbers_are_those_of_the_generator():
    state = oracle = 1
    for _ in range(1000):
        state = next_random(state)
        oracle = (oracle * 6364136223846793005 + 1442695040888963407) % 2**63
        assert state == oracle


def test_what_fill_writes_differs_by_seed_and_offset():
    block = bytearray(4096)
    addr = ctypes.addressof(ctypes.c_char.from_buffer(block))
    for seed in (0, 1, 2**47 - 16, addr):
        fill(addr, 4096, seed)
        assert [int.from_bytes(block[n : n + 8], "little") for n in range(0, 4096, 8)] == [
            (seed * 0x9E3779B1 + n) % 2**64 for n in range(0, 4096, 8)
        ]
        assert overwritten(addr, 4096, seed) == -1
        assert overwritten(addr, 4096, seed + 1) == 0
        block[801] ^= 1
        assert overwritten(addr, 4096, seed) == 800
