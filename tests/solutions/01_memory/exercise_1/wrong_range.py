# fails with: pages_of(addr=0, length=1, page_len=64) gave range(0, 1), a range; give a list back


def place(addr, word_len, page_len):
    return [addr // page_len, addr % page_len // word_len, addr % word_len]


def pages_of(addr, length, page_len):
    return range(addr // page_len, (addr + length - 1) // page_len + 1)
