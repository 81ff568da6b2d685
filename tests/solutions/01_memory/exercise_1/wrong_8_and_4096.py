# fails with: place(addr=788, word_len=8, page_len=64) gave [0, 98, 4]; expected [12, 2, 4]. That is right for words of 8 bytes and pages of 4,096 only.


def place(addr, word_len, page_len):
    return [addr // 4096, addr % 4096 // 8, addr % 8]


def pages_of(addr, length, page_len):
    return list(range(addr // page_len, (addr + length - 1) // page_len + 1))
