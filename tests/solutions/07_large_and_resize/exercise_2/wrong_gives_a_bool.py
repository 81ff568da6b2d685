# fails with: realloc from 100 to 128 bytes gave True; expected old slab + 128. That is of type bool, where int is expected.
from refalloc import allocator

ALIGN_LOG2 = 3


def realloc(heap, addr, length, new_length):
    return allocator.resize(heap, addr, length, new_length, ALIGN_LOG2)
