from refalloc import allocator


def realloc(heap, addr, length, new_length):
    same = allocator.remap(heap, addr, length, new_length, 3)
    if same:
        return same
    new_addr = allocator.alloc(heap, new_length, 3)
    if new_addr:
        words = -(-min(length, new_length) // 8)
        for word in reversed(range(words)):
            heap.store(new_addr + word * 8, heap.load(addr + word * 8))
        allocator.free(heap, addr, length, 3)
    return new_addr
