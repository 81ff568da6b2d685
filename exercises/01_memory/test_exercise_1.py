"""Checks of exercise 01.1."""

import random

import pytest

from refalloc.course.drawing import bars
from refalloc.course.expect import compare


def expected_place(addr, word_len, page_len):
    """By walking there, page by page, word by word: slow, and plainly right."""
    page = word = 0
    while addr >= page_len:
        addr -= page_len
        page += 1
    while addr >= word_len:
        addr -= word_len
        word += 1
    return [page, word, addr]


def expected_pages(addr, length, page_len):
    pages = []
    for byte in range(addr, addr + length):
        page = expected_place(byte, page_len, page_len)[0]
        if page not in pages:
            pages.append(page)
    return pages


PLACE_TRAPS = {
    "That is the number of the word counted from address 0; count it from the start of its page.": (
        lambda addr, word_len, page_len: [addr // page_len, addr // word_len, addr % word_len]
    ),
    "That is the byte counted from the start of the page; count it from the start of its word.": (
        lambda addr, word_len, page_len: [addr // page_len, addr % page_len // word_len, addr % page_len]
    ),
    "The word is given as its offset in bytes; count words.": lambda addr, word_len, page_len: [
        addr // page_len,
        addr % page_len // word_len * word_len,
        addr % word_len,
    ],
    "The page is given as its address; count pages.": lambda addr, word_len, page_len: [
        addr // page_len * page_len,
        addr % page_len // word_len,
        addr % word_len,
    ],
    "Pages and words are counted from 0.": lambda *row: [expected_place(*row)[0] + 1, *expected_place(*row)[1:]],
    "That is right for words of 8 bytes and pages of 4,096 only.": lambda addr, word_len, page_len: expected_place(
        addr, 8, 4096
    ),
}
PAGES_TRAPS = {
    "The block's last byte is addr + length - 1: the byte after it belongs to another.": (
        lambda addr, length, page_len: list(range(addr // page_len, (addr + length) // page_len + 1))
    ),
    "That many pages would do if the block started where a page does; this one starts further on.": (
        lambda addr, length, page_len: list(
            range(addr // page_len, addr // page_len + (length + page_len - 1) // page_len)
        )
    ),
    "First and last are right, and the pages between them are missing.": lambda *row: [
        expected_pages(*row)[0],
        expected_pages(*row)[-1],
    ],
    "The last page is missing.": lambda *row: expected_pages(*row)[:-1],
    "Those are the addresses of the pages; their numbers are wanted.": lambda *row: [
        page * row[2] for page in expected_pages(*row)
    ],
    "That is where the block starts; where does it end?": lambda *row: expected_pages(*row)[:1],
}


def drawn(_, addr, length, page_len):
    """The block, the pages that it lies in, and the one behind them."""
    first, last = addr // page_len, (addr + length - 1) // page_len
    pages = [(f"page {page}", page * page_len, (page + 1) * page_len) for page in range(first, last + 2)]
    return bars([("block", addr, addr + length), *pages])


@pytest.mark.points(1)
def test_an_address_is_a_page_a_word_and_a_byte(student, edition):
    draw = random.Random(edition.seed)
    rows = [[4116, 8, 4096], [0, 8, 4096], [7, 8, 4096], [8, 8, 4096], [4095, 8, 4096], [4096, 8, 4096]]
    for word_len in edition("word_lens", [8, 4, 16]):
        for page_len in edition("page_lens", [64, 4096, 16384]):
            rows += [[draw.randrange(20 * page_len), word_len, page_len] for _ in range(20)]
    compare(student.place, rows, expected_place, PLACE_TRAPS)


@pytest.mark.points(1)
def test_a_block_lies_in_all_pages_from_its_first_to_its_last_byte(student, edition):
    draw = random.Random(edition.seed)
    rows = [[0, 1, 64], [63, 1, 64], [0, 64, 64], [63, 2, 64], [4000, 100, 4096], [4000, 96, 4096]]
    for page_len in edition("page_lens", [64, 256]):
        rows += [[draw.randrange(5 * page_len), draw.randint(1, 4 * page_len), page_len] for _ in range(60)]
    compare(student.pages_of, rows, expected_pages, PAGES_TRAPS, drawn)
