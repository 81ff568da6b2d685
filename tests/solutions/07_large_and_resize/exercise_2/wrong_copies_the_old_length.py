# fails with: realloc from 200 to 100 bytes: new slab + 256 changed, outside the slot of the block. How many bytes may be copied when the new block is the shorter?
from refalloc import allocator

ALIGN_LOG2 = 3


def realloc(heap, addr, length, new_length):
    if allocator.resize(heap, addr, length, new_length, ALIGN_LOG2):
        return addr
    new_addr = allocator.alloc(heap, new_length, ALIGN_LOG2)
    if new_addr == 0:
        return 0
    for offset in range(0, length, 8):
        heap.store(new_addr + offset, heap.load(addr + offset))
    allocator.free(heap, addr, length, ALIGN_LOG2)
    return new_addr
