# fails with: realloc(heap=heap, addr=arena + 32768, length=30000, new_length=40000) raised MemoryFault: unmap at arena + 32768: no mapping starts there; a mapped page; pass what map returned. The old block is freed with its own length.
from refalloc import allocator

ALIGN_LOG2 = 3


def realloc(heap, addr, length, new_length):
    if allocator.resize(heap, addr, length, new_length, ALIGN_LOG2):
        return addr
    new_addr = allocator.alloc(heap, new_length, ALIGN_LOG2)
    if new_addr == 0:
        return 0
    for offset in range(0, min(length, new_length), 8):
        heap.store(new_addr + offset, heap.load(addr + offset))
    allocator.free(heap, addr, new_length, ALIGN_LOG2)
    return new_addr
