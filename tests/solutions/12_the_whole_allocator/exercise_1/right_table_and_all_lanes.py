SLAB = 1 << 15
LAST = 18
SLOTS = (16, 32, 48, 64, 80, 96, 128, 160, 224, 320, 448, 640, 896, 1280, 1808, 2176, 4096, 8192, 16384)


def find(length, align_log2):
    kind = 0
    while kind <= LAST and (SLOTS[kind] < length or SLOTS[kind] % (1 << align_log2) != 0):
        kind += 1
    return kind


def alloc(heap, length, align_log2):
    kind = find(length, align_log2)
    if kind > LAST:
        return heap.map(length, align_log2)
    size = SLOTS[kind]
    index = heap.thread_index
    looked = 0
    while True:
        lane = heap.lanes[index]
        if heap.try_lock(lane):
            looked += 1
            heap.set_thread_index(index)
            block = lane.frees[kind]
            if block != 0:
                lane.frees[kind] = heap.load(block + size - 8)
            elif lane.next_addrs[kind] != 0:
                block = lane.next_addrs[kind] - size
                lane.next_addrs[kind] = block if block % SLAB >= size else 0
            elif looked >= len(heap.lanes):
                slab = heap.map(SLAB, 15)
                if slab != 0:
                    block = slab + (SLAB // size - 1) * size
                    lane.next_addrs[kind] = block
                else:
                    heap.unlock(lane)
                    return 0
            heap.unlock(lane)
            if block != 0:
                return block
        index = index + 1 if index + 1 < len(heap.lanes) else 0


def free(heap, addr, length, align_log2):
    kind = find(length, align_log2)
    if kind > LAST:
        heap.unmap(addr, length)
    else:
        index = heap.thread_index
        while not heap.try_lock(heap.lanes[index]):
            index = (index + len(heap.lanes) - 1) % len(heap.lanes)
        lane = heap.lanes[index]
        heap.set_thread_index(index)
        heap.store(addr + SLOTS[kind] - 8, lane.frees[kind])
        lane.frees[kind] = addr
        heap.unlock(lane)


def resize(heap, addr, length, new_length, align_log2):
    old = find(length, align_log2)
    new = find(new_length, align_log2)
    if old <= LAST or new <= LAST:
        return old == new
    return heap.remap(addr, length, new_length, False) == addr


def remap(heap, addr, length, new_length, align_log2):
    if find(length, align_log2) > LAST and find(new_length, align_log2) > LAST:
        return heap.remap(addr, length, new_length, align_log2 <= 12)
    if resize(heap, addr, length, new_length, align_log2):
        return addr
    return 0
