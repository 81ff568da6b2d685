# fails with: realloc from 200 to 100 bytes gave old slab + 256; expected new slab + 128. A block in a slot of another length would be freed into the wrong list.
from refalloc import allocator

ALIGN_LOG2 = 3


def realloc(heap, addr, length, new_length):
    if new_length <= length:
        return addr
    if allocator.resize(heap, addr, length, new_length, ALIGN_LOG2):
        return addr
    new_addr = allocator.alloc(heap, new_length, ALIGN_LOG2)
    if new_addr == 0:
        return 0
    for offset in range(0, min(length, new_length), 8):
        heap.store(new_addr + offset, heap.load(addr + offset))
    allocator.free(heap, addr, length, ALIGN_LOG2)
    return new_addr
