# fails with: pages_of(addr=63, length=2, page_len=64) gave [0]; expected [0, 1]. That many pages would do if the block started where a page does; this one starts further on.


def place(addr, word_len, page_len):
    return [addr // page_len, addr % page_len // word_len, addr % word_len]


def pages_of(addr, length, page_len):
    first = addr // page_len
    return list(range(first, first + -(-length // page_len)))
