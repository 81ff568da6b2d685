# fails with: pages_of(addr=63, length=1, page_len=64) gave [0, 1]; expected [0]. The block's last byte is addr + length - 1: the byte after it belongs to another.


def place(addr, word_len, page_len):
    return [addr // page_len, addr % page_len // word_len, addr % word_len]


def pages_of(addr, length, page_len):
    return list(range(addr // page_len, (addr + length) // page_len + 1))
