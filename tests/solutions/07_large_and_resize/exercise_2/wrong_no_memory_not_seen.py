# fails with: realloc(heap=heap, addr=arena + 64, length=64, new_length=65) raised MemoryFault: store at 0x0: the null address, 0, means none; access only what map returned and unmap has not taken back. alloc gives 0 when there is no memory; and no more bytes may be copied than the new block has.
from refalloc import allocator

ALIGN_LOG2 = 3


def realloc(heap, addr, length, new_length):
    if allocator.resize(heap, addr, length, new_length, ALIGN_LOG2):
        return addr
    new_addr = allocator.alloc(heap, new_length, ALIGN_LOG2)
    for offset in range(0, min(length, new_length), 8):
        heap.store(new_addr + offset, heap.load(addr + offset))
    allocator.free(heap, addr, length, ALIGN_LOG2)
    return new_addr
