# fails with: pages_of(addr=197, length=216, page_len=64) gave [3, 6]; expected [3, 4, 5, 6]. First and last are right, and the pages between them are missing.


def place(addr, word_len, page_len):
    return [addr // page_len, addr % page_len // word_len, addr % word_len]


def pages_of(addr, length, page_len):
    first, last = addr // page_len, (addr + length - 1) // page_len
    return [first] if first == last else [first, last]
