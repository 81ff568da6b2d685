# fails with: realloc(heap=heap, addr=arena + 0, length=40000, new_length=100) raised MemoryFault: load at arena + 0: a page of the arena that is not mapped; access only what map returned and unmap has not taken back. Was the old block freed before it was copied? Or were more bytes copied than it has?
from refalloc import allocator

ALIGN_LOG2 = 3


def realloc(heap, addr, length, new_length):
    if allocator.resize(heap, addr, length, new_length, ALIGN_LOG2):
        return addr
    new_addr = allocator.alloc(heap, new_length, ALIGN_LOG2)
    if new_addr == 0:
        return 0
    allocator.free(heap, addr, length, ALIGN_LOG2)
    for offset in range(0, min(length, new_length), 8):
        heap.store(new_addr + offset, heap.load(addr + offset))
    return new_addr
