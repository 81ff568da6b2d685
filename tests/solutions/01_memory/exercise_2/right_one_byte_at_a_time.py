def shift_of(addr, byte_order):
    return 8 * (addr & 7 if byte_order == "little" else 7 - (addr & 7))


def load_bytes(heap, addr, length, byte_order):
    found = []
    for byte in range(addr, addr + length):
        found.append(heap.load(byte & ~7) >> shift_of(byte, byte_order) & 0xFF)
    return bytes(found)


def store_bytes(heap, addr, data, byte_order):
    for byte, value in enumerate(data, start=addr):
        shift = shift_of(byte, byte_order)
        word = heap.load(byte & ~7)
        heap.store(byte & ~7, word & ~(0xFF << shift) | value << shift)
