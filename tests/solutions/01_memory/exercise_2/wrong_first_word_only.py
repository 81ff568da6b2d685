# fails with: load_bytes(heap, arena + 0, 16, 'little') gave b'vtkgnkuh'; expected b'vtkgnkuhmpxnhtqg'. Bytes are missing: does the block go on in the next word?


def load_bytes(heap, addr, length, byte_order):
    word = heap.load(addr // 8 * 8).to_bytes(8, byte_order)
    return word[addr % 8 : addr % 8 + length]


def store_bytes(heap, addr, data, byte_order):
    for byte, value in enumerate(data, start=addr):
        word = bytearray(heap.load(byte - byte % 8).to_bytes(8, byte_order))
        word[byte % 8] = value
        heap.store(byte - byte % 8, int.from_bytes(word, byte_order))
