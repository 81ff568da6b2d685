# fails with: store_bytes(heap, arena + 0, b'DWTGMLQU', 'little') changed nothing.


def load_bytes(heap, addr, length, byte_order):
    start = addr - addr % 8
    data = b"".join(heap.load(word).to_bytes(8, byte_order) for word in range(start, addr + length, 8))
    return data[addr - start : addr - start + length]


def store_bytes(heap, addr, data, byte_order):
    old = bytearray(load_bytes(heap, addr, len(data), byte_order))
    old[:] = data
