"""Exercise 12.1, explained.

Two size classes for each doubling: 16, 32, 48, 64, 96, 128, 192, ... up to 16 KiB. Even classes are powers of two; an
odd class is three quarters of the next power. Only a slot whose length is a multiple of the alignment will do, as slots
lie one after the other from the start of the slab: for 40 bytes at a multiple of 16 that is the slot of 48, at a
multiple of 32 the slot of 64.

Slots of 48 do not fill a slab evenly, so `next % SLAB_LEN == 0` does not tell its end. We ask instead whether another
slot fits behind the one that we hand out, while its address still says which slab it lies in, and write 0 if none does:
0 means "no slab", at the start and at the end.

`take` is all that happens under a lock. It answers 0 for "nothing here", so alloc can ask two lanes with the same
lines: its own, and then one other. Only then does it map, with the second lane locked, into which the slab goes.

Everything is whole numbers, and every function gives one kind of answer: so it can be compiled as it stands.
"""

SLAB_LEN = 32 * 1024
SLAB_ALIGN_LOG2 = 15
SMALLEST_LOG2 = 4
CLASS_COUNT = 21  # the last one has slots of 16 KiB
PAGE_ALIGN_LOG2 = 12


def class_of(length, align_log2):
    doubling = max((length - 1).bit_length(), align_log2, SMALLEST_LOG2)
    size_class = 2 * (doubling - SMALLEST_LOG2)
    if doubling - 2 >= max(align_log2, SMALLEST_LOG2) and length <= 3 << (doubling - 2):
        return size_class - 1
    return size_class


def slot_len_of(size_class):
    if size_class % 2 == 0:
        return 1 << (size_class // 2 + SMALLEST_LOG2)
    return 3 << (size_class // 2 + SMALLEST_LOG2 - 1)


def lock_from(heap, index):
    while not heap.try_lock(heap.lanes[index]):
        index = (index + 1) % len(heap.lanes)
    heap.set_thread_index(index)
    return heap.lanes[index]


def after(slot, slot_len):
    """The slot behind `slot`, or 0 when none fits there."""
    following = slot + slot_len
    return following if slot % SLAB_LEN + 2 * slot_len <= SLAB_LEN else 0


def take(heap, lane, size_class):
    """A slot of a lane that we have locked, or 0 when it has none."""
    slot = lane.frees[size_class]
    if slot != 0:
        lane.frees[size_class] = heap.load(slot)
        return slot
    slot = lane.next_addrs[size_class]
    if slot != 0:
        lane.next_addrs[size_class] = after(slot, slot_len_of(size_class))
    return slot


def alloc(heap, length, align_log2):
    size_class = class_of(length, align_log2)
    if size_class >= CLASS_COUNT:
        return heap.map(length, align_log2)

    lane = lock_from(heap, heap.thread_index)
    slot = take(heap, lane, size_class)
    if slot == 0:
        heap.unlock(lane)
        lane = lock_from(heap, (heap.thread_index + 1) % len(heap.lanes))
        slot = take(heap, lane, size_class)
    if slot == 0:
        slot = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
        if slot != 0:
            lane.next_addrs[size_class] = after(slot, slot_len_of(size_class))
    heap.unlock(lane)
    return slot


def free(heap, addr, length, align_log2):
    size_class = class_of(length, align_log2)
    if size_class >= CLASS_COUNT:
        heap.unmap(addr, length)
        return
    lane = lock_from(heap, heap.thread_index)
    heap.store(addr, lane.frees[size_class])
    lane.frees[size_class] = addr
    heap.unlock(lane)


def resize(heap, addr, length, new_length, align_log2):
    size_class, new_class = class_of(length, align_log2), class_of(new_length, align_log2)
    if size_class >= CLASS_COUNT and new_class >= CLASS_COUNT:
        return heap.remap(addr, length, new_length, may_move=False) != 0
    return size_class == new_class


def remap(heap, addr, length, new_length, align_log2):
    size_class, new_class = class_of(length, align_log2), class_of(new_length, align_log2)
    if size_class >= CLASS_COUNT and new_class >= CLASS_COUNT:
        return heap.remap(addr, length, new_length, may_move=align_log2 <= PAGE_ALIGN_LOG2)
    return addr if size_class == new_class else 0
