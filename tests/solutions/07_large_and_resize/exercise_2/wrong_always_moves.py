# fails with: realloc from 100 to 128 bytes gave old slab + 256; expected old slab + 128. resize would have said True.
from refalloc import allocator

ALIGN_LOG2 = 3


def realloc(heap, addr, length, new_length):
    new_addr = allocator.alloc(heap, new_length, ALIGN_LOG2)
    if new_addr == 0:
        return 0
    for offset in range(0, min(length, new_length), 8):
        heap.store(new_addr + offset, heap.load(addr + offset))
    allocator.free(heap, addr, length, ALIGN_LOG2)
    return new_addr
