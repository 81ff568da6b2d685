# fails with: realloc from 100 to 200 bytes: byte 96 of 100 is not what it was, at the address that it gave. The last bytes do not fill a word, and belong to the block all the same.
from refalloc import allocator

ALIGN_LOG2 = 3


def realloc(heap, addr, length, new_length):
    if allocator.resize(heap, addr, length, new_length, ALIGN_LOG2):
        return addr
    new_addr = allocator.alloc(heap, new_length, ALIGN_LOG2)
    if new_addr == 0:
        return 0
    for word in range(min(length, new_length) // 8):
        heap.store(new_addr + 8 * word, heap.load(addr + 8 * word))
    allocator.free(heap, addr, length, ALIGN_LOG2)
    return new_addr
