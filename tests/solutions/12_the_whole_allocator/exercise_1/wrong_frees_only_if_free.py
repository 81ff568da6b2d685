# fails with: Two threads free a block each of the only slab, and one allocates two again, 1 lane: wrong answer at step 14: of two slots that were freed, 1 came back. A free that finds a lane taken waits, or goes to another one.
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
    lane = heap.lanes[heap.thread_index]
    if heap.try_lock(lane):
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
