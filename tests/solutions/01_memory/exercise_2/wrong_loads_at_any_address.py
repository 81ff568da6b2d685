# fails with: load_bytes(heap=heap, addr=arena + 3, length=2, byte_order='little') raised MemoryFault: load at arena + 3: not a multiple of 8; words lie at arena + 0 and arena + 8


def load_bytes(heap, addr, length, byte_order):
    data = b""
    while len(data) < length:
        data += heap.load(addr + len(data)).to_bytes(8, byte_order)
    return data[:length]


def store_bytes(heap, addr, data, byte_order):
    for byte, value in enumerate(data, start=addr):
        word = bytearray(heap.load(byte - byte % 8).to_bytes(8, byte_order))
        word[byte % 8] = value
        heap.store(byte - byte % 8, int.from_bytes(word, byte_order))
