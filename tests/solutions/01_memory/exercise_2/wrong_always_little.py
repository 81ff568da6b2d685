# fails with: load_bytes(heap, arena + 0, 8, 'big') gave b'vtkgnkuh'; expected b'hukngktv'. Those bytes are in the wrong order: with 'big', the highest byte of a word comes first.


def load_bytes(heap, addr, length, byte_order):
    start = addr - addr % 8
    data = b"".join(heap.load(word).to_bytes(8, "little") for word in range(start, addr + length, 8))
    return data[addr - start : addr - start + length]


def store_bytes(heap, addr, data, byte_order):
    for byte, value in enumerate(data, start=addr):
        word = bytearray(heap.load(byte - byte % 8).to_bytes(8, byte_order))
        word[byte % 8] = value
        heap.store(byte - byte % 8, int.from_bytes(word, byte_order))
