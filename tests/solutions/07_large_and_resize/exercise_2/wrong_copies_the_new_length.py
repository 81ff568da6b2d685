# fails with: realloc from 64 to 65 bytes: more was copied than the old block's slot has, 64 bytes. What lies behind it belongs to others.
from refalloc import allocator

ALIGN_LOG2 = 3


def realloc(heap, addr, length, new_length):
    if allocator.resize(heap, addr, length, new_length, ALIGN_LOG2):
        return addr
    new_addr = allocator.alloc(heap, new_length, ALIGN_LOG2)
    if new_addr == 0:
        return 0
    for offset in range(0, new_length, 8):
        heap.store(new_addr + offset, heap.load(addr + offset))
    allocator.free(heap, addr, length, ALIGN_LOG2)
    return new_addr
