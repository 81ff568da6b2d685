def load_bytes(heap, addr, length, byte_order):
    if length == 0:
        return b""
    skip = addr % 8
    piece = heap.load(addr - skip).to_bytes(8, byte_order)[skip : skip + length]
    return piece + load_bytes(heap, addr + len(piece), length - len(piece), byte_order)


def store_bytes(heap, addr, data, byte_order):
    if not data:
        return
    skip = addr % 8
    piece = data[: 8 - skip]
    word = list(heap.load(addr - skip).to_bytes(8, byte_order))
    word[skip : skip + len(piece)] = piece
    heap.store(addr - skip, int.from_bytes(bytes(word), byte_order))
    store_bytes(heap, addr + len(piece), data[len(piece) :], byte_order)
