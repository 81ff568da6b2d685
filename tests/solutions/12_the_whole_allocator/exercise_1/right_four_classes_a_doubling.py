GRANULE = 16
SLAB = 32 * 1024
BIGGEST = 16 * 1024
CLASSES = 40


def pick(length, align_log2):
    need = max(length, 1 << align_log2, GRANULE)
    if align_log2 > 4:  # only powers of two are aligned beyond a granule
        need = 1 << (need - 1).bit_length()
    if need <= 64:
        return (need - 1) // GRANULE
    shift = (need - 1).bit_length() - 3
    return 4 + 4 * (shift - 4) + (((need - 1) >> shift) - 4)


def room(kind):
    if kind < 4:
        return (kind + 1) * GRANULE
    step, part = divmod(kind - 4, 4)
    return (5 + part) << (step + 4)


def enter(heap, start):
    tried = start
    while not heap.try_lock(heap.lanes[tried]):
        tried += 1
        if tried == len(heap.lanes):
            tried = 0
    if tried != heap.thread_index:
        heap.set_thread_index(tried)
    return heap.lanes[tried]


def take(heap, lane, kind):
    found = lane.frees[kind]
    if found:
        lane.frees[kind] = heap.load(found)
        return found
    found = lane.next_addrs[kind]
    if found == 0:
        return 0
    after = found + room(kind)
    # A slab ends where no whole slot fits any more.
    lane.next_addrs[kind] = 0 if (after % SLAB) + room(kind) > SLAB or after % SLAB == 0 else after
    return found


def alloc(heap, length, align_log2):
    kind = pick(length, align_log2)
    if kind >= CLASSES or room(kind) > BIGGEST:
        return heap.map(length, align_log2)
    for extra in range(2):
        lane = enter(heap, (heap.thread_index + extra) % len(heap.lanes))
        got = take(heap, lane, kind)
        if got == 0 and extra == 1:
            got = heap.map(SLAB, 15)
            if got != 0:
                lane.next_addrs[kind] = got + room(kind)
        heap.unlock(lane)
        if got != 0:
            break
    return got


def free(heap, addr, length, align_log2):
    kind = pick(length, align_log2)
    if kind >= CLASSES or room(kind) > BIGGEST:
        heap.unmap(addr, length)
    else:
        lane = enter(heap, heap.thread_index)
        heap.store(addr, lane.frees[kind])
        lane.frees[kind] = addr
        heap.unlock(lane)


def resize(heap, addr, length, new_length, align_log2):
    old, new = pick(length, align_log2), pick(new_length, align_log2)
    big = old >= CLASSES or room(old) > BIGGEST
    if big != (new >= CLASSES or room(new) > BIGGEST):
        return False
    if big:
        return heap.remap(addr, length, new_length, False) != 0
    return old == new


def remap(heap, addr, length, new_length, align_log2):
    if resize(heap, addr, length, new_length, align_log2):
        return addr
    old, new = pick(length, align_log2), pick(new_length, align_log2)
    if min(room(old), room(new)) > BIGGEST and align_log2 <= 12:
        return heap.remap(addr, length, new_length, True)
    return 0
