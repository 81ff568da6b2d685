"""Exercise 05.1, explained.

push has two steps, and their order matters: first the slot's link takes what was the front, then the slot becomes the
front. The other way round, the old front is lost and the slot leads to itself.

pop is the way back. The link must be read while the slot is still ours: once it is handed out, its owner may write
over it. Where the link lies is a free choice as long as push and pop agree, and as long as the smallest slot has room
for it. Zig's SmpAllocator has it in the first word.
"""


def push(heap, lane, size_class, slot, link_offset):
    heap.store(slot + link_offset, lane.frees[size_class])
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, link_offset):
    slot = lane.frees[size_class]
    if slot != 0:
        lane.frees[size_class] = heap.load(slot + link_offset)
    return slot
