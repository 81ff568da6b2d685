"""A second text, with what the first one lacks; each difference from allocator.py is marked and says why.

As there: blocks, slots, slabs, size classes and lanes; a free list lies in its slots; nobody holds two lanes; the heap
is all that a function may use. Read that file first: what is the same is not explained again.

Differences
    [classes]   Four size classes a doubling. With one, a block takes up to twice what was asked for; with four, at most
                a quarter more. Slots no longer divide a slab, so the end of a slab is found by its rest, and a slot is
                aligned by its size only where that is a power of two.
    [steal]     A lane without slots looks into all others before it maps, waits a little for those that are taken, and
                takes the whole list that it finds. The first text looks into one and takes one slot, so what one
                thread allocates and another frees is mapped anew: memory grows with the number of messages.
    [store]     Blocks of 40 KiB to 2 MiB are mapped in classes too, and up to STORE_LEN bytes of each wait in a lane to
                be handed out again. A system call, and a page fault for each page, cost more than the block's use.

Size classes: 0 to 7 are multiples of 16 bytes, up to 128. From there, class c has slots of (5 + c % 4) << (c // 4 + 3)
bytes: 160, 192, 224, 256, 320, ... Classes below SMALL_COUNT are cut from slabs; the others are mappings of their own.

Invariants, beside those of allocator.py
    next_addr is 0, or the start of a slot that lies wholly in its slab.
    For a class of SMALL_COUNT or more, next_addrs[c] is the number of blocks in frees[c].

Source: the classes are those of jemalloc (size_classes.h) and mimalloc; taking whole lists, mimalloc's and snmalloc's.
"""

SLAB_LEN = 64 * 1024
SLAB_ALIGN_LOG2 = 16
GRANULE_LOG2 = 4  # what every slot is aligned to
LINEAR_LEN = 128  # up to here, classes are multiples of a granule
SMALL_COUNT = 40  # classes that are cut from slabs, to 32 KiB
CLASS_COUNT = 64  # all classes, to 2 MiB
STORE_LEN = 1 << 20  # bytes of each larger class that wait in a lane
PATIENCE = 64  # tries for the lock of another lane, before a slab is mapped instead


#: [classes]
def size_class_index(length, align_log2):
    """The class of `length` bytes at 1 << `align_log2`; CLASS_COUNT or more means mapped directly.

    Args:    length: int, bytes, 1 <= length; align_log2: int, 0 <= align_log2.
    Locks:   none.
    """
    if align_log2 > GRANULE_LOG2:
        if align_log2 > SLAB_ALIGN_LOG2:
            return CLASS_COUNT
        length = 1 << max((length - 1).bit_length(), align_log2)
    if length <= LINEAR_LEN:
        return (length - 1) >> GRANULE_LOG2
    shift = (length - 1).bit_length() - 3  # of the four parts that a doubling is cut into
    return 4 * shift + ((length - 1) >> shift) - 16


def slot_size(size_class):
    """Bytes in one slot of `size_class`, 0 <= size_class < CLASS_COUNT."""
    if size_class < 8:
        return (size_class + 1) << GRANULE_LOG2
    return (5 + size_class % 4) << (size_class // 4 + 3)


def lock(heap):
    """Take a lane: the thread's own, or else the next one round the table that is not taken."""
    lane = heap.lanes[heap.thread_index]
    if heap.try_lock(lane):
        return lane
    return lock_next(heap)


def lock_next(heap):
    """Take a lane other than the thread's own, if there is one, and make it the thread's own."""
    index = heap.thread_index
    while True:
        index = (index + 1) % len(heap.lanes)
        lane = heap.lanes[index]
        if heap.try_lock(lane):
            heap.set_thread_index(index)
            return lane


def alloc(heap, length, align_log2):
    """Hand out a block; as in allocator.py."""
    size_class = size_class_index(length, align_log2)
    if size_class >= CLASS_COUNT:
        return heap.map(length, align_log2)
    lane = lock(heap)
    addr = take(heap, lane, size_class)
    heap.unlock(lane)
    if addr != 0:
        return addr
    return refill(heap, size_class)


def take(heap, lane, size_class):
    """A slot that the lane has, or 0. Locks: `lane` held by the caller."""
    top = lane.frees[size_class]
    if top != 0:
        lane.frees[size_class] = heap.load(top)
        if size_class >= SMALL_COUNT:
            lane.next_addrs[size_class] -= 1
        return top
    if size_class >= SMALL_COUNT:
        return 0
    next_addr = lane.next_addrs[size_class]
    if next_addr != 0:
        lane.next_addrs[size_class] = following(next_addr, slot_size(size_class))
    return next_addr


def following(addr, size):
    """The slot behind the one at `addr`; 0 if the slab has no room for it."""
    offset = addr % SLAB_LEN + size
    return addr + size if offset + size <= SLAB_LEN else 0


#: [steal]
def refill(heap, size_class):
    """A slot for a thread whose lane has none: from another lane, or else from the system.

    Locks: at most one lane at a time, none on return.
    """
    found = steal(heap, size_class)
    lane = lock(heap)
    if found != 0:
        rest = heap.load(found)
        if size_class < SMALL_COUNT and rest != 0:
            join(heap, lane, size_class, rest)
    else:
        found = take(heap, lane, size_class)  # another thread may have filled this lane since
        if found == 0:
            found = map_slots(heap, lane, size_class)
    heap.unlock(lane)
    return found


def steal(heap, size_class):
    """All free slots of one other lane, as a list; of a larger class one block. 0 when no lane has any."""
    start = heap.thread_index
    for step in range(1, len(heap.lanes)):
        lane = heap.lanes[(start + step) % len(heap.lanes)]
        tries = 0
        while tries < PATIENCE and not heap.try_lock(lane):
            tries += 1
        if tries == PATIENCE:
            continue  # its holder may not be running; a slab costs less than waiting for that
        found = lane.frees[size_class]
        if found != 0:
            if size_class < SMALL_COUNT:
                lane.frees[size_class] = 0
            else:
                lane.frees[size_class] = heap.load(found)
                lane.next_addrs[size_class] -= 1
        heap.unlock(lane)
        if found != 0:
            return found
    return 0


def join(heap, lane, size_class, slots):
    """Put a list of slots before those of the lane. Locks: `lane` held by the caller."""
    if lane.frees[size_class] != 0:  # seldom: the lane had none a moment ago
        last = slots
        while heap.load(last) != 0:
            last = heap.load(last)
        heap.store(last, lane.frees[size_class])
    lane.frees[size_class] = slots


def map_slots(heap, lane, size_class):
    """The first slot of a new slab, or a larger block; 0 when the system has none. Locks: `lane` held by the caller."""
    size = slot_size(size_class)
    if size_class >= SMALL_COUNT:
        return heap.map(size, SLAB_ALIGN_LOG2)
    slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
    if slab != 0:
        lane.next_addrs[size_class] = following(slab, size)
    return slab


def free(heap, addr, length, align_log2):
    """Take a block back; as in allocator.py."""
    size_class = size_class_index(length, align_log2)
    if size_class >= CLASS_COUNT:
        heap.unmap(addr, length)
        return
    lane = lock(heap)
    if size_class >= SMALL_COUNT:
        keep_or_unmap(heap, lane, addr, size_class)
        return
    heap.store(addr, lane.frees[size_class])
    lane.frees[size_class] = addr
    heap.unlock(lane)


#: [store]
def keep_or_unmap(heap, lane, addr, size_class):
    """Keep a larger block for the next who asks, if not too much is kept. Locks: `lane` held; none on return."""
    size = slot_size(size_class)
    count = lane.next_addrs[size_class]
    keep = count == 0 or (count + 1) * size <= STORE_LEN
    if keep:
        heap.store(addr, lane.frees[size_class])
        lane.frees[size_class] = addr
        lane.next_addrs[size_class] = count + 1
    heap.unlock(lane)
    if not keep:
        heap.unmap(addr, size)


def resize(heap, addr, length, new_length, align_log2):
    """Change a block's length where it is; as in allocator.py."""
    size_class = size_class_index(length, align_log2)
    new_class = size_class_index(new_length, align_log2)
    if size_class < CLASS_COUNT or new_class < CLASS_COUNT:
        return new_class == size_class
    return heap.remap(addr, length, new_length, may_move=False) != 0


def remap(heap, addr, length, new_length, align_log2):
    """As resize, but a block that was mapped directly may move; as in allocator.py."""
    size_class = size_class_index(length, align_log2)
    new_class = size_class_index(new_length, align_log2)
    if size_class < CLASS_COUNT or new_class < CLASS_COUNT:
        return addr if new_class == size_class else 0
    return heap.remap(addr, length, new_length, may_move=align_log2 <= GRANULE_LOG2)


#: [trim]
def trim(heap):
    """Give back every slab that has no live block, and all larger blocks that are kept.

    With all lanes taken, nothing moves. The free slots of a class are sorted by address, as a list, so that those of a
    slab are neighbours and can be counted; no other memory is needed. What remains goes to the first lane.

    Returns: int, bytes given back.
    Locks:   all lanes, in order, so that two trims do not wait for each other; none on return.
    """
    for lane in heap.lanes:
        while not heap.try_lock(lane):
            pass
    given_len = 0
    for size_class in range(SMALL_COUNT):
        given_len += trim_slabs(heap, size_class)
    for lane in heap.lanes:
        for size_class in range(SMALL_COUNT, CLASS_COUNT):
            given_len += trim_kept(heap, lane, size_class)
    for lane in heap.lanes:
        heap.unlock(lane)
    return given_len


def trim_slabs(heap, size_class):
    """Unmap the free slabs of a class. Returns bytes. Locks: all lanes held by the caller."""
    for lane in heap.lanes:
        if lane is not heap.lanes[0] and lane.frees[size_class] != 0:
            join(heap, heap.lanes[0], size_class, lane.frees[size_class])
            lane.frees[size_class] = 0
    given_len, last = 0, 0
    slot = in_order(heap, heap.lanes[0].frees[size_class])
    heap.lanes[0].frees[size_class] = 0
    while slot != 0:
        slab, start, end, count = slot - slot % SLAB_LEN, slot, slot, 0
        while slot != 0 and slot - slot % SLAB_LEN == slab:
            count, end, slot = count + 1, slot, heap.load(slot)
        if count == take_out_fresh(heap, size_class, slab, count):
            heap.unmap(slab, SLAB_LEN)
            given_len += SLAB_LEN
            continue
        if last == 0:
            heap.lanes[0].frees[size_class] = start
        else:
            heap.store(last, start)
        heap.store(end, 0)
        last = end
    return given_len


def take_out_fresh(heap, size_class, slab, free_count):
    """How many slots of a slab were handed out; if just `free_count`, no lane hands out more of it any more."""
    size = slot_size(size_class)
    for lane in heap.lanes:
        next_addr = lane.next_addrs[size_class]
        if next_addr - next_addr % SLAB_LEN == slab:
            count = next_addr % SLAB_LEN // size
            if count == free_count:
                lane.next_addrs[size_class] = 0
            return count
    return SLAB_LEN // size


def trim_kept(heap, lane, size_class):
    """Unmap the larger blocks that a lane keeps. Returns bytes. Locks: `lane` held by the caller."""
    given_len = 0
    addr = lane.frees[size_class]
    while addr != 0:
        following_addr = heap.load(addr)
        heap.unmap(addr, slot_size(size_class))
        given_len += slot_size(size_class)
        addr = following_addr
    lane.frees[size_class] = 0
    lane.next_addrs[size_class] = 0
    return given_len


def in_order(heap, first):
    """The same list, sorted by address: merge sort from the bottom up, runs of 1, 2, 4, ... slots.

    Returns: int, the first slot.
    """
    width = 1
    while True:
        rest, first, last, run_count = first, 0, 0, 0
        while rest != 0:
            run_count += 1
            left, right, left_count, right_count = rest, rest, 0, width
            while left_count < width and right != 0:
                left_count, right = left_count + 1, heap.load(right)
            while left_count > 0 or (right_count > 0 and right != 0):
                if left_count > 0 and (right_count == 0 or right == 0 or left < right):
                    slot, left, left_count = left, heap.load(left), left_count - 1
                else:
                    slot, right, right_count = right, heap.load(right), right_count - 1
                if last == 0:
                    first = slot
                else:
                    heap.store(last, slot)
                last = slot
            rest = right
        if last != 0:
            heap.store(last, 0)
        if run_count <= 1:
            return first
        width *= 2
