# fails with: place(addr=4116, word_len=8, page_len=4096) gave [1, 2, 20]; expected [1, 2, 4]. That is the byte counted from the start of the page; count it from the start of its word.


def place(addr, word_len, page_len):
    page, offset = divmod(addr, page_len)
    return [page, offset // word_len, offset]


def pages_of(addr, length, page_len):
    return list(range(addr // page_len, (addr + length - 1) // page_len + 1))
