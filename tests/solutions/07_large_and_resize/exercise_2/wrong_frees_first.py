# fails with: realloc from 64 to 65 bytes: byte 0 of 64 is not what it was, at the address that it gave. Only its first word is wrong: that is where free writes. Was it freed before it was copied?
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
