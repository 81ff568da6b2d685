# fails with: 2730 blocks of 1 bytes: alloc mapped 65536 bytes at once; expected slabs of 32768.
WORD_LEN = 8
SLAB_LEN = 64 * 1024
SLAB_ALIGN_LOG2 = SLAB_LEN.bit_length() - 1
MIN_CLASS = WORD_LEN.bit_length() - 1
SIZE_CLASS_COUNT = SLAB_LEN.bit_length() - 1 - MIN_CLASS
MAX_ALLOC_SEARCH = 1
PAGE_ALIGN_LOG2 = 12


def size_class_index(length, align_log2):
    return max((length - 1).bit_length(), align_log2, MIN_CLASS) - MIN_CLASS


def slot_size(size_class):
    return 1 << (size_class + MIN_CLASS)


def lock(heap):
    lane = heap.lanes[heap.thread_index]
    if heap.try_lock(lane):
        return lane
    return lock_next(heap)


def lock_next(heap):
    index = heap.thread_index
    while True:
        index = (index + 1) % len(heap.lanes)
        lane = heap.lanes[index]
        if heap.try_lock(lane):
            heap.set_thread_index(index)
            return lane


def alloc(heap, length, align_log2):
    size_class = size_class_index(length, align_log2)
    if size_class >= SIZE_CLASS_COUNT:
        return heap.map(length, align_log2)

    search_count = 0
    lane = lock(heap)
    while True:
        top = lane.frees[size_class]
        if top != 0:
            lane.frees[size_class] = heap.load(top)
            heap.unlock(lane)
            return top

        next_addr = lane.next_addrs[size_class]
        if next_addr % SLAB_LEN != 0:
            lane.next_addrs[size_class] = next_addr + slot_size(size_class)
            heap.unlock(lane)
            return next_addr

        if search_count >= MAX_ALLOC_SEARCH:
            slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
            if slab != 0:
                lane.next_addrs[size_class] = slab + slot_size(size_class)
            heap.unlock(lane)
            return slab

      
        heap.unlock(lane)
        lane = lock_next(heap)
        search_count += 1


def free(heap, addr, length, align_log2):
    size_class = size_class_index(length, align_log2)
    if size_class >= SIZE_CLASS_COUNT:
        heap.unmap(addr, length)
        return

    lane = lock(heap)
    heap.store(addr, lane.frees[size_class])
    lane.frees[size_class] = addr
    heap.unlock(lane)


def resize(heap, addr, length, new_length, align_log2):
    size_class = size_class_index(length, align_log2)
    new_class = size_class_index(new_length, align_log2)
    if size_class >= SIZE_CLASS_COUNT:
        if new_class < SIZE_CLASS_COUNT:
            return False
        return heap.remap(addr, length, new_length, may_move=False) != 0
    return new_class == size_class


def remap(heap, addr, length, new_length, align_log2):
    size_class = size_class_index(length, align_log2)
    new_class = size_class_index(new_length, align_log2)
    if size_class >= SIZE_CLASS_COUNT:
        if new_class < SIZE_CLASS_COUNT:
            return 0
        return heap.remap(addr, length, new_length, may_move=align_log2 <= PAGE_ALIGN_LOG2)
    return addr if new_class == size_class else 0
