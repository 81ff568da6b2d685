"""A second text, with what the first one lacks; each difference from allocator.py is marked and says why.

As there: blocks, slots, slabs, size classes and lanes; a free list lies in its slots; nobody holds two of the lanes
that threads share; the heap is all that a function may use. Read that file first: what is the same is not explained
again.

Differences
    [classes]   Four size classes a doubling. With one, a block takes up to twice what was asked for; with four, at most
                a quarter more. Slots no longer divide a slab, so the end of a slab is found by its rest, and a slot is
                aligned by its size only where that is a power of two.
    [own]       A thread has a lane of its own, beside those that all share. Nobody else enters it, so it needs no lock:
                the locked instructions of an alloc and a free would cost as much as the rest of both.
    [batches]   What a thread frees beyond its lane's room goes to a shared lane, many slots at a time, and whoever runs
                out takes it from there, looking into every shared lane, before a slab is mapped. The first text looks
                into one other lane, so what one thread allocates and another frees is mapped anew: memory grows with
                the number of messages. Here an own lane keeps OWN_LEN bytes of a class, or a few slots, at most.
    [store]     Blocks of 40 KiB to 2 MiB are mapped in classes too, and up to STORE_LEN bytes of each wait in a shared
                lane to be handed out again. A system call, and a page fault for each page, cost more than their use.

Size classes: 0 to 7 are multiples of 16 bytes, up to 128. From there, class c has slots of (5 + c % 4) << (c // 4 + 3)
bytes: 160, 192, 224, 256, 320, ... Classes below SMALL_COUNT are cut from slabs; the others are mappings of their own.

Invariants, beside those of allocator.py
    next_addr is 0, or the start of a slot that lies wholly in its slab.
    In an own lane, frees[c] is a list of slots, and room[c] is how many more it takes before some are handed over.
    In a shared lane, frees[c] is a list of batches: a batch is a list of slots, and the second word of its first slot
    is the address of the next batch. For a class of SMALL_COUNT or more, a batch is one block; room[c] counts them.

Source: the classes are those of jemalloc (size_classes.h) and mimalloc; handing over slots by the batch, Bonwick and
Adams, Magazines and vmem, USENIX 2001, and tcmalloc's thread caches.
"""

WORD_LEN = 8  # bytes
SLAB_LEN = 64 * 1024
SLAB_ALIGN_LOG2 = 16
GRANULE_LOG2 = 4  # what every slot is aligned to
LINEAR_LEN = 128  # up to here, classes are multiples of a granule
SMALL_COUNT = 40  # classes that are cut from slabs, to 32 KiB
CLASS_COUNT = 64  # all classes, to 2 MiB
STORE_LEN = 1 << 20  # bytes of each larger class that wait in a lane
OWN_LEN = 1 << 16  # bytes of free slots of a class that an own lane keeps, within the next two bounds
OWN_LEAST, OWN_MOST = 4, 256  # slots
ENTRY_LEN = 2 * WORD_LEN  # of the table of slabs that a trim makes
TABLE_LEN = 4 * SLAB_LEN
PATIENCE = 64  # tries for the lock of another lane, before a slab is mapped instead

# Compilers put all other functions without a loop into what calls them.
SELDOM = ("alloc_outside", "free_outside", "refill", "fresh_slot", "alloc_larger", "free_larger")


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
    # Of the parts: four of each doubling, or, up to LINEAR_LEN, granules. There is no branch for these, as lengths are
    # too mixed for a processor to guess well, and a wrong guess costs as much as the rest of an alloc.
    shift = ((length - 1) | (LINEAR_LEN - 1)).bit_length() - 3
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


#: [own]
def alloc(heap, length, align_log2):
    """Hand out a block; as in allocator.py."""
    size_class = size_class_index(length, align_log2)
    if size_class >= SMALL_COUNT:
        return alloc_larger(heap, size_class) if size_class < CLASS_COUNT else heap.map(length, align_log2)
    lane = heap.own_lane
    if not heap.enter(lane):
        return alloc_outside(heap, size_class)
    addr = pop(heap, lane, size_class)
    heap.leave(lane)
    return addr


def alloc_outside(heap, size_class):
    """A slot for a thread that has no own lane yet, or gets none, or is in it: a signal may come at any moment."""
    lane = heap.adopt()
    if heap.enter(lane):
        addr = pop(heap, lane, size_class)
        heap.leave(lane)
        return addr
    slot = take_batch(heap, size_class)
    if slot != 0:
        rest = heap.load(slot)
        if rest != 0:
            put_batch(heap, size_class, rest)
        return slot
    lane = lock(heap)
    slot = fresh_slot(heap, lane, size_class)
    heap.unlock(lane)
    return slot


def pop(heap, lane, size_class):
    """A slot, or 0 when the system has none. `lane`: the thread's own, entered."""
    top = lane.frees[size_class]
    if top == 0:
        return refill(heap, lane, size_class)
    lane.frees[size_class] = heap.load(top)
    lane.room[size_class] += 1
    return top


def refill(heap, lane, size_class):
    """The same, for a lane that has no free slot: the next one of its slab, or of a batch, or of a new slab."""
    if lane.next_addrs[size_class] == 0:
        batch = take_batch(heap, size_class)
        if batch != 0:
            lane.frees[size_class] = heap.load(batch)
            lane.room[size_class] = own_count(size_class) // 2
            return batch
    return fresh_slot(heap, lane, size_class)


def fresh_slot(heap, lane, size_class):
    """A slot never used, of the lane's slab or of a new one; 0 when the system has none. `lane`: own, or locked."""
    size = slot_size(size_class)
    slot = lane.next_addrs[size_class]
    if slot == 0:
        slot = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
        if slot == 0:
            return 0
    offset = slot % SLAB_LEN + size
    lane.next_addrs[size_class] = slot + size if offset + size <= SLAB_LEN else 0
    return slot


def own_count(size_class):
    """How many free slots an own lane keeps of a class."""
    return min(max(OWN_LEN // slot_size(size_class), OWN_LEAST), OWN_MOST)


def free(heap, addr, length, align_log2):
    """Take a block back; as in allocator.py."""
    size_class = size_class_index(length, align_log2)
    if size_class < CLASS_COUNT:
        free_slot(heap, addr, size_class)
    else:
        heap.unmap(addr, length)


def free_slot(heap, addr, size_class):
    """Take back a block of a class, 0 <= size_class < CLASS_COUNT."""
    if size_class >= SMALL_COUNT:
        free_larger(heap, addr, size_class)
        return
    lane = heap.own_lane
    if heap.enter(lane):
        push(heap, lane, size_class, addr)
        heap.leave(lane)
    else:
        free_outside(heap, addr, size_class)


def free_outside(heap, addr, size_class):
    """Take back a slot from a thread as in alloc_outside."""
    lane = heap.adopt()
    if heap.enter(lane):
        push(heap, lane, size_class, addr)
        heap.leave(lane)
    else:
        heap.store(addr, 0)
        put_batch(heap, size_class, addr)


def push(heap, lane, size_class, slot):
    """Keep a free slot. `lane`: the thread's own, entered."""
    heap.store(slot, lane.frees[size_class])
    lane.frees[size_class] = slot
    room = lane.room[size_class] - 1
    lane.room[size_class] = room
    if room < 0:
        hand_over(heap, lane, size_class)


#: [batches]
def hand_over(heap, lane, size_class):
    """Keep the slots freed last, which are still in the cache, and give the rest to a shared lane.

    A lane begins with no room at all, and gets it here. `lane`: the thread's own, entered.
    """
    count = own_count(size_class)
    last, kept = lane.frees[size_class], 1
    while kept < count // 2 and heap.load(last) != 0:
        last, kept = heap.load(last), kept + 1
    rest = heap.load(last)
    heap.store(last, 0)
    lane.room[size_class] = count - kept
    if rest != 0:
        put_batch(heap, size_class, rest)


def batch_len(size_class):
    """Bytes in a batch as hand_over makes it, few have less; or in a larger block."""
    if size_class >= SMALL_COUNT:
        return slot_size(size_class)
    count = own_count(size_class)
    return (count + 1 - count // 2) * slot_size(size_class)


def put_batch(heap, size_class, batch):
    """Give a list of slots to a shared lane. Locks: one shared lane, none on return."""
    lane = lock(heap)
    heap.store(batch + WORD_LEN, lane.frees[size_class])
    lane.frees[size_class] = batch
    heap.unlock(lane)
    heap.note_free(batch_len(size_class))


def take_batch(heap, size_class):
    """A batch of any shared lane, or 0. Locks: one shared lane at a time, none on return."""
    start, held_count = heap.thread_index, 0
    for step in range(len(heap.lanes)):
        lane = heap.lanes[(start + step) % len(heap.lanes)]
        tries = 0
        while tries < PATIENCE and not heap.try_lock(lane):
            tries += 1
        if tries == PATIENCE:
            held_count += 1
            continue  # its holder may not be running; a slab costs less than waiting for that
        batch = take_first(heap, lane, size_class)
        if batch != 0:
            return batch
    if held_count == len(heap.lanes):  # by a trim or a fork: to wait is cheaper
        return take_first(heap, lock(heap), size_class)
    return 0


def take_first(heap, lane, size_class):
    """The first batch of a lane, or 0. Locks: `lane` held by the caller; none on return."""
    batch = lane.frees[size_class]
    if batch != 0:
        lane.frees[size_class] = heap.load(batch + WORD_LEN)
        if size_class >= SMALL_COUNT:
            lane.room[size_class] -= 1
    is_noted = batch != 0 and (size_class < SMALL_COUNT or lane.room[size_class] > 0)
    heap.unlock(lane)
    if is_noted:
        heap.note_free(-batch_len(size_class))
    return batch


def retire(heap):
    """Hand over all free slots of the thread's own lane: for a thread that ends."""
    lane = heap.own_lane
    if not heap.enter(lane):
        return
    for size_class in range(SMALL_COUNT):
        if lane.frees[size_class] != 0:
            hand_over(heap, lane, size_class)
            put_batch(heap, size_class, lane.frees[size_class])
            lane.frees[size_class] = 0
            lane.room[size_class] = 0
    heap.leave(lane)


#: [store]
def alloc_larger(heap, size_class):
    """A block of SMALL_COUNT <= size_class < CLASS_COUNT: one that waits, or a new one; 0 when the system has none."""
    addr = take_batch(heap, size_class)
    return addr if addr != 0 else heap.map(slot_size(size_class), SLAB_ALIGN_LOG2)


def free_larger(heap, addr, size_class):
    """Keep a larger block for the next who asks, if not too much is kept; unmap it else."""
    size = slot_size(size_class)
    lane = lock(heap)
    count = lane.room[size_class]
    keep = count == 0 or (count + 1) * size <= STORE_LEN
    if keep:
        heap.store(addr, 0)
        heap.store(addr + WORD_LEN, lane.frees[size_class])
        lane.frees[size_class] = addr
        lane.room[size_class] = count + 1
    heap.unlock(lane)
    if not keep:
        heap.unmap(addr, size)
    elif count > 0:  # not the first: one that comes and goes is not worth it
        heap.note_free(size)


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

    With all lanes taken, nothing moves. The free slots of a class are put in an order in which those of a slab are
    neighbours, and can be counted. What remains goes to the first lane. What other
    threads' own lanes keep is theirs, and their slabs stay.

    Returns: int, bytes given back.
    Locks:   all lanes, in order, so that two trims do not wait for each other; none on return.
    """
    retire(heap)
    own = heap.own_lane
    is_inside = heap.enter(own)
    for lane in heap.lanes:
        while not heap.try_lock(lane):
            pass
    given_len = 0
    for size_class in range(SMALL_COUNT):
        slot = by_slab(heap, all_free(heap, size_class))
        while slot != 0:
            slab, start, end, count = slot - slot % SLAB_LEN, slot, slot, 0
            while slot != 0 and slot - slot % SLAB_LEN == slab:
                count, end, slot = count + 1, slot, heap.load(slot)
            handed_out = SLAB_LEN // slot_size(size_class)
            for lane in heap.lanes:
                handed_out = min(handed_out, take_out_fresh(lane, size_class, slab, count))
            if is_inside:
                handed_out = min(handed_out, take_out_fresh(own, size_class, slab, count))
            if count == handed_out:
                heap.unmap(slab, SLAB_LEN)
                given_len += SLAB_LEN
            else:
                heap.store(end, 0)
                heap.store(start + WORD_LEN, heap.lanes[0].frees[size_class])
                heap.lanes[0].frees[size_class] = start
    for size_class in range(SMALL_COUNT, CLASS_COUNT):
        for lane in heap.lanes:
            given_len += trim_larger(heap, lane, size_class)
    for lane in heap.lanes:
        heap.unlock(lane)
    if is_inside:
        heap.leave(own)
    return given_len


def all_free(heap, size_class):
    """All slots of a class that shared lanes have, as one list; the lanes then have none. Locks: all lanes held."""
    slots = 0
    for lane in heap.lanes:
        batch = lane.frees[size_class]
        lane.frees[size_class] = 0
        while batch != 0:
            next_batch, last = heap.load(batch + WORD_LEN), batch
            while heap.load(last) != 0:
                last = heap.load(last)
            heap.store(last, slots)
            slots, batch = batch, next_batch
    return slots


def take_out_fresh(lane, size_class, slab, free_count):
    """How many slots of `slab` were handed out, if `lane` hands them out; if just `free_count`, it does no more."""
    size = slot_size(size_class)
    next_addr = lane.next_addrs[size_class]
    if next_addr - next_addr % SLAB_LEN != slab:
        return SLAB_LEN // size
    count = next_addr % SLAB_LEN // size
    if count == free_count:
        lane.next_addrs[size_class] = 0
    return count


def trim_larger(heap, lane, size_class):
    """Unmap the larger blocks that a lane keeps. Returns bytes. Locks: `lane` held by the caller."""
    given_len = 0
    addr = lane.frees[size_class]
    while addr != 0:
        next_addr = heap.load(addr + WORD_LEN)
        heap.unmap(addr, slot_size(size_class))
        given_len += slot_size(size_class)
        addr = next_addr
    lane.frees[size_class] = 0
    lane.room[size_class] = 0
    return given_len


def by_slab(heap, slots):
    """The same list in another order: slots of one slab are neighbours.

    A table has a list for each slab, at a place that its address gives. Of slabs with one place, the first to come has
    it, and the others wait for the next round; they lie a GiB apart. Without memory for the table, nothing is changed.

    Returns: int, the first slot.
    """
    table = heap.map(TABLE_LEN, SLAB_ALIGN_LOG2) if slots != 0 else 0
    if table == 0:
        return slots
    ordered = 0
    while slots != 0:
        rest, lowest, highest = 0, table + TABLE_LEN, table
        while slots != 0:
            slot, slots = slots, heap.load(slots)
            entry = table + slot // SLAB_LEN * ENTRY_LEN % TABLE_LEN
            first = heap.load(entry)
            if first != 0 and first // SLAB_LEN != slot // SLAB_LEN:
                heap.store(slot, rest)
                rest = slot
                continue
            if first == 0:
                heap.store(entry + WORD_LEN, slot)  # the last of its list
            heap.store(slot, first)
            heap.store(entry, slot)
            lowest, highest = min(lowest, entry), max(highest, entry)
        for entry in range(lowest, highest + 1, ENTRY_LEN):
            first = heap.load(entry)
            if first != 0:
                heap.store(heap.load(entry + WORD_LEN), ordered)
                heap.store(entry, 0)
                ordered = first
        slots = rest
    heap.unmap(table, TABLE_LEN)
    return ordered
