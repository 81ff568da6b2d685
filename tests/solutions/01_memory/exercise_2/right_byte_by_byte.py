def load_bytes(heap, addr, length, byte_order):
    found = b""
    for at in range(addr, addr + length):
        place = at % 8 if byte_order == "little" else 7 - at % 8
        found += bytes([heap.load(at // 8 * 8) >> 8 * place & 255])
    return found


def store_bytes(heap, addr, data, byte_order):
    for number, byte in enumerate(data):
        at = addr + number
        place = at % 8 if byte_order == "little" else 7 - at % 8
        word = heap.load(at - at % 8) & ~(255 << 8 * place)
        heap.store(at - at % 8, word | byte << 8 * place)
