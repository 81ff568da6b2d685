"""Exercise 07.2, explained.

The order is everything. First the cheap way. Then alloc, and only when it gave something may anything be lost: the old
block is the caller's until the copy is whole. free comes last, because it writes its link over the first word; and it
is told the old length, because that is the slot that the block lies in.

The shorter of the two lengths is copied. Copying more when the block shrinks runs over the new slot into its
neighbour; when it grows, it reads what belongs to others, or is not mapped.

Real allocators look for cheaper ways: mremap moves a large block's pages to another address without copying a byte
(allocator.remap asks for it).
"""

from refalloc import allocator

ALIGN_LOG2 = 3  # all blocks here lie at multiples of 8


def realloc(heap, addr, length, new_length):
    if allocator.resize(heap, addr, length, new_length, ALIGN_LOG2):
        return addr
    new_addr = allocator.alloc(heap, new_length, ALIGN_LOG2)
    if new_addr == 0:
        return 0
    for offset in range(0, min(length, new_length), 8):
        heap.store(new_addr + offset, heap.load(addr + offset))
    allocator.free(heap, addr, length, ALIGN_LOG2)
    return new_addr
