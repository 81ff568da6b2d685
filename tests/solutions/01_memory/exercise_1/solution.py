"""Exercise 01.1, explained.

A division with rest splits an address: how many whole pages lie below it, and how far it is into its own. A second one
splits the rest into words and bytes. As pages and words are powers of two long, a machine does not even divide: the
number of the page is the upper bits of the address, and the rest the lower twelve.

A block's last byte is at addr + length - 1. With addr + length, which is the first byte after it, a block that ends
where a page ends would seem to reach into the next.
"""


def place(addr, word_len, page_len):
    page, offset = divmod(addr, page_len)
    word, byte = divmod(offset, word_len)
    return [page, word, byte]


def pages_of(addr, length, page_len):
    last = addr + length - 1
    return list(range(addr // page_len, last // page_len + 1))
