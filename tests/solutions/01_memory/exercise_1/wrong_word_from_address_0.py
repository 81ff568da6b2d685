# fails with: place(addr=4116, word_len=8, page_len=4096) gave [1, 514, 4]; expected [1, 2, 4]. That is the number of the word counted from address 0; count it from the start of its page.


def place(addr, word_len, page_len):
    return [addr // page_len, addr // word_len, addr % word_len]


def pages_of(addr, length, page_len):
    return list(range(addr // page_len, (addr + length - 1) // page_len + 1))
