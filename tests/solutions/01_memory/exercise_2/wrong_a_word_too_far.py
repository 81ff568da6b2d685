# fails with: load_bytes(heap=heap, addr=arena + 4095, length=1, byte_order='little') raised MemoryFault: load at arena + 4096: a page of the arena that is not mapped; access only what map returned and unmap has not taken back


def load_bytes(heap, addr, length, byte_order):
    start = addr // 8 * 8
    data = b"".join(heap.load(start + 8 * i).to_bytes(8, byte_order) for i in range(length // 8 + 2))
    return data[addr - start : addr - start + length]


def store_bytes(heap, addr, data, byte_order):
    for byte, value in enumerate(data, start=addr):
        word = bytearray(heap.load(byte - byte % 8).to_bytes(8, byte_order))
        word[byte % 8] = value
        heap.store(byte - byte % 8, int.from_bytes(word, byte_order))
