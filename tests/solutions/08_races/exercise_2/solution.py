"""Exercise 08.2, explained.

The lock is taken before the first look and given back after the last change, so that everything in between is one step
for all others. There are four ways out of alloc, a free slot, a bump, a new slab, and no memory, and each of them
unlocks. It is easy to forget the last one.

Waiting is trying again and again. That is called spinning; it is right where what is waited for takes only some
instructions. The call of map takes longer, and all other threads wait for it: lesson 09 has a way out.
"""


def alloc(heap, size_class, slot_len, slab_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    slot = lane.frees[size_class]
    if slot != 0:
        lane.frees[size_class] = heap.load(slot + slot_len - 8)
        heap.unlock(lane)
        return slot
    slot = lane.next_addrs[size_class]
    if slot % slab_len == 0:
        slot = heap.map(slab_len, slab_len.bit_length() - 1)
        if slot == 0:
            heap.unlock(lane)
            return 0
    lane.next_addrs[size_class] = slot + slot_len
    heap.unlock(lane)
    return slot


def free(heap, addr, size_class, slot_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    heap.store(addr + slot_len - 8, lane.frees[size_class])
    lane.frees[size_class] = addr
    heap.unlock(lane)
