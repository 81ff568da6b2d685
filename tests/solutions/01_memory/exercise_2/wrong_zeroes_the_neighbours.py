# fails with: store_bytes(heap, arena + 0, b'C', 'little') changed the byte at arena + 1, which is not one of the block's: it was b'W', and is b'\x00'. Keep the word's other bytes: load it first.


def load_bytes(heap, addr, length, byte_order):
    start = addr - addr % 8
    data = b"".join(heap.load(word).to_bytes(8, byte_order) for word in range(start, addr + length, 8))
    return data[addr - start : addr - start + length]


def store_bytes(heap, addr, data, byte_order):
    start = addr // 8 * 8
    padded = bytes(addr - start) + data
    padded += bytes(-len(padded) % 8)
    for i in range(0, len(padded), 8):
        heap.store(start + i, int.from_bytes(padded[i : i + 8], byte_order))
