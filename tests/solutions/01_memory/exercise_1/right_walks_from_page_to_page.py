def place(addr, word_len, page_len):
    if addr >= page_len:
        page, word, byte = place(addr - page_len, word_len, page_len)
        return [page + 1, word, byte]
    return [0, addr // word_len, addr % word_len]


def pages_of(addr, length, page_len):
    page = addr // page_len
    rest = (page + 1) * page_len - addr
    if length <= rest:
        return [page]
    return [page, *pages_of(addr + rest, length - rest, page_len)]
