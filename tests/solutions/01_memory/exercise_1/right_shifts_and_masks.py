def place(addr, word_len, page_len):
    page_bits, word_bits = page_len.bit_length() - 1, word_len.bit_length() - 1
    return [addr >> page_bits, (addr & (page_len - 1)) >> word_bits, addr & (word_len - 1)]


def pages_of(addr, length, page_len):
    pages = {byte // page_len for byte in range(addr, addr + length)}
    return sorted(pages)
