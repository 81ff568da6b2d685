from refalloc.allocator import alloc, free, resize


def realloc(heap, addr, length, new_length):
    def words(start):
        return range(start, start + min(length, new_length), 8)

    if resize(heap, addr, length, new_length, 3):
        return addr
    moved = alloc(heap, new_length, 3)
    if moved != 0:
        kept = list(map(heap.load, words(addr)))
        free(heap, addr, length, 3)  # in order here: what it overwrites is in the list
        [*map(heap.store, words(moved), kept)]
    return moved
