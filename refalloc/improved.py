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
    [batches]   What a thread frees beyond its lane's room goes back many slots at a time, and whoever runs out takes as
                many, looking into every shared lane, before a slab is mapped. The first text looks into one other lane,
                so what one thread allocates and another frees is mapped anew: memory grows with the number of messages.
                Here an own lane keeps OWN_LEN bytes of a class, or a few slots, at most.
    [slabs]     Slots go back to the slab that they were cut from: a record of each slab has the list of its free slots,
                and counts those that are out. So it is known at once when no block of a slab is live, and what was a
                slab of one class can be one of another. The first text has slots of all slabs in one list, and would
                have to sort it: what has ever been one class's stays that, and nothing goes back to the system.
    [store]     Blocks of 40 KiB to 2 MiB are mapped in classes too, and some of each wait in a shared lane to be handed
                out again. A system call, and a page fault for each page, cost more than their use. A slab without
                a live block is such a block, and waits with those of its length. Up to 128 KiB, an own lane keeps one
                block of each class.

Size classes: 0 to 7 are multiples of 16 bytes, up to 128. From there, class c has slots of (5 + c % 4) << (c // 4 + 3)
bytes: 160, 192, 224, 256, 320, ... Classes below SMALL_COUNT are cut from slabs; the others are mappings of their own.

Invariants, beside those of allocator.py
    In an own lane, next_addrs[c] is 0, or the start of a slot, never handed out, that lies wholly in its slab; frees[c]
    is a list of slots, room[c] is how many more it takes before some are handed over, and marks[c] is what frees[c] was
    when a slab was last wanted. For a class of SMALL_COUNT or more, frees[c] is 0 or one block.
    A slab with free slots is in the list of its class, in the shared lane that home tells: next_addrs[c] is the first,
    and AFTER and BEFORE of the records link the others. A record's words are guarded by that lane.
    USED of a slab counts slots that live, or are in own lanes, or in batches, or were never handed out.
    In a shared lane, frees[c] is a list of batches, which were given back while the class's lane was taken: a batch is
    a list of slots, and the second word of its first slot is the address of the next batch. For a class of SMALL_COUNT
    or more, a batch is one block; room[c] counts them.

Source: the classes are those of jemalloc (size_classes.h) and mimalloc; handing over slots by the batch, Bonwick and
Adams, Magazines and vmem, USENIX 2001, and tcmalloc's thread caches; records of slabs, tcmalloc's spans.
"""

WORD_LEN = 8  # bytes
SLAB_LEN = 64 * 1024
SLAB_ALIGN_LOG2 = 16
GRANULE_LOG2 = 4  # what every slot is aligned to
LINEAR_LEN = 128  # up to here, classes are multiples of a granule
SMALL_COUNT = 40  # classes that are cut from slabs, to 32 KiB
CLASS_COUNT = 64  # all classes, to 2 MiB
SLAB_CLASS = 43  # of blocks as long as a slab
OWN_COUNT = 48  # classes of which an own lane keeps free blocks, to 128 KiB
OWN_LEN = 1 << 16  # bytes of free slots of a class that an own lane keeps, within the next two bounds
OWN_LEAST, OWN_MOST = 4, 1024  # slots
STEP_LEN = 1 << 14  # bytes of a slab that are given memory at once
PATIENCE = 64  # tries for the lock of another lane, before we do without
FREES, USED, AFTER, BEFORE, IS_NEW = range(5)  # words of a slab's record

# Compilers put all other functions without a loop into what calls them.
SELDOM = ("alloc_outside", "free_outside", "refill", "new_slab", "enlist", "take_out")


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
    if slot == 0:
        slot = new_slab(heap, size_class)
        if slot == 0:
            return 0
        link_all(heap, slot, size_class)
    rest = heap.load(slot)
    if rest != 0:
        give(heap, size_class, rest)
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
    """A slot never used, of the lane's slab or of a new one; 0 when the system has none. `lane`: own, entered."""
    size = slot_size(size_class)
    slot = lane.next_addrs[size_class]
    if slot == 0:
        give_unused(heap, lane)
        slot = new_slab(heap, size_class)
        if slot == 0:
            return 0
    offset = slot % SLAB_LEN + size
    populate(heap, slot, size)
    lane.next_addrs[size_class] = slot + size if offset + size <= SLAB_LEN else 0
    return slot


def populate(heap, slot, size):
    """See to the memory of a slot that is first used, before it faults: in steps, from the second on.

    A program that has little of each class would be given more than it uses.
    """
    start = slot - slot % SLAB_LEN
    step = (slot + size - 1 - start) // STEP_LEN * STEP_LEN
    if step > 0 and slot - start <= step and heap.record(start)[IS_NEW] != 0:
        heap.populate(start + step, STEP_LEN)


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
        give(heap, size_class, addr)


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
    """Keep the slots freed last, which are still in the cache, and give the rest back.

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
        give(heap, size_class, rest)


def home(heap, size_class):
    """The index of the lane that has the slabs of a class."""
    return size_class % len(heap.lanes)


def try_patiently(heap, lane):
    """Take a lane, if its holder leaves it soon; it may not be running. Returns bool."""
    tries = 0
    while tries < PATIENCE and not heap.try_lock(lane):
        tries += 1
    return tries < PATIENCE


def give(heap, size_class, slots):
    """Give a list of slots back to their slabs, or leave it as a batch in another lane if the class's is taken.

    Returns: int, bytes unmapped.
    Locks:   one shared lane at a time, none on return.
    """
    lane = heap.lanes[home(heap, size_class)]
    if not try_patiently(heap, lane):
        leave_batch(heap, size_class, slots)
        return 0
    empty = settle(heap, lane, size_class, slots)
    heap.unlock(lane)
    return free_slabs(heap, empty)


def leave_batch(heap, size_class, batch):
    """Leave a list of slots in the lane after the class's, or in the next that is not taken.

    Locks: one shared lane, none on return.
    """
    index = home(heap, size_class) + 1
    lane = heap.lanes[index % len(heap.lanes)]
    is_held = try_patiently(heap, lane)
    while not is_held:
        index += 1
        lane = heap.lanes[index % len(heap.lanes)]
        is_held = heap.try_lock(lane)
    link(heap, lane, size_class, batch)
    heap.unlock(lane)


def give_left(heap, size_class):
    """Give one batch back to its slabs that was left in the lane after the class's. Returns: int, bytes unmapped.

    Where threads come and go, nobody may ever want it, and a batch keeps whole slabs from being empty.

    Locks: one shared lane at a time, none on return.
    """
    lane = heap.lanes[(home(heap, size_class) + 1) % len(heap.lanes)]
    if not heap.try_lock(lane):
        return 0
    batch = unlink(heap, lane, size_class)
    heap.unlock(lane)
    return give(heap, size_class, batch) if batch != 0 else 0


def take_batch(heap, size_class):
    """A list of slots, of any shared lane, or 0. Locks: one shared lane at a time, none on return."""
    start, held_count = home(heap, size_class) if size_class < SMALL_COUNT else heap.thread_index, 0
    for step in range(len(heap.lanes)):
        lane = heap.lanes[(start + step) % len(heap.lanes)]
        if not try_patiently(heap, lane):
            held_count += 1
            continue  # a slab costs less than waiting
        batch = take_first(heap, lane, size_class)
        if batch != 0:
            return batch
    if held_count == len(heap.lanes):  # by a trim, or a fork; if nobody waited for these, each would cost slabs
        return take_first(heap, lock(heap), size_class)
    return 0


def take_first(heap, lane, size_class):
    """The first batch of a lane, or slots of its slabs, or 0. Locks: `lane` held by the caller; none on return."""
    batch = unlink(heap, lane, size_class)
    if batch == 0 and size_class < SMALL_COUNT:
        batch = gather(heap, lane, size_class)
    heap.unlock(lane)
    return batch


def link(heap, lane, size_class, batch):
    """Add a batch to those of a lane. Locks: `lane` held by the caller."""
    heap.store(batch + WORD_LEN, lane.frees[size_class])
    lane.frees[size_class] = batch
    lane.room[size_class] += 1


def unlink(heap, lane, size_class):
    """The first batch of a lane, or 0. Locks: `lane` held by the caller."""
    batch = lane.frees[size_class]
    if batch != 0:
        lane.frees[size_class] = heap.load(batch + WORD_LEN)
        lane.room[size_class] -= 1
    return batch


def retire(heap):
    """Give back all free slots of the thread's own lane: for a thread that ends. Returns: int, bytes unmapped."""
    lane = heap.own_lane
    if not heap.enter(lane):
        return 0
    given_len = 0
    for size_class in range(SMALL_COUNT):
        slots = lane.frees[size_class]
        lane.frees[size_class] = 0
        lane.room[size_class] = 0
        if slots != 0:
            given_len += give(heap, size_class, slots) + give_left(heap, size_class)
        given_len += give_fresh(heap, lane, size_class)
    for size_class in range(SMALL_COUNT, OWN_COUNT):
        addr, lane.frees[size_class] = lane.frees[size_class], 0
        if addr != 0:
            given_len += store_larger(heap, addr, size_class)
    heap.leave(lane)
    return given_len


#: [slabs]
def new_slab(heap, size_class):
    """A slab for a class, all its slots taken for used; 0 when the system has none. Locks: none held by the caller."""
    slab, is_new = take_larger(heap, SLAB_CLASS), 0
    if slab == 0:
        slab, is_new = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2), 1
    if slab != 0:
        heap.devote(slab, size_class, slot_size(size_class))
        record = heap.record(slab)
        record[FREES] = 0
        record[IS_NEW] = is_new
        record[USED] = SLAB_LEN // slot_size(size_class)
    return slab


def link_all(heap, slab, size_class):
    """Make one list of all slots of a slab. Locks: none, the slab is new."""
    size = slot_size(size_class)
    slot = slab
    while slot + 2 * size <= slab + SLAB_LEN:
        heap.store(slot, slot + size)
        slot += size
    heap.store(slot, 0)


def settle(heap, lane, size_class, slots):
    """Give a list of slots back to their slabs. Returns: int, the first slab with no slot out, others by AFTER.

    Locks: `lane`, the home of the class, held by the caller.
    """
    empty = 0
    while slots != 0:
        slot, slots = slots, heap.load(slots)
        slab = slot - slot % SLAB_LEN
        record = heap.record(slab)
        if record[FREES] == 0:
            enlist(heap, lane, size_class, slab)
        heap.store(slot, record[FREES])
        record[FREES] = slot
        record[USED] -= 1
        if record[USED] == 0:
            take_out(heap, lane, size_class, slab)
            record[AFTER] = empty
            empty = slab
    return empty


def gather(heap, lane, size_class):
    """Half as many slots as an own lane keeps, or fewer, from the slabs that a lane lists; 0 when there are none.

    First come those that were full last: few of their slots are free, so others get the time to become empty.

    Locks: `lane` held by the caller.
    """
    slots, count = 0, 0
    while count < own_count(size_class) // 2 and lane.next_addrs[size_class] != 0:
        slab = lane.next_addrs[size_class]
        record = heap.record(slab)
        slot = record[FREES]
        record[FREES] = heap.load(slot)
        record[USED] += 1
        if record[FREES] == 0:
            take_out(heap, lane, size_class, slab)
        heap.store(slot, slots)
        slots = slot
        count += 1
    return slots


def enlist(heap, lane, size_class, slab):
    """Put a slab into the list of its class. Locks: `lane` held by the caller."""
    record, first = heap.record(slab), lane.next_addrs[size_class]
    record[AFTER] = first
    record[BEFORE] = 0
    if first != 0:
        heap.record(first)[BEFORE] = slab
    lane.next_addrs[size_class] = slab


def take_out(heap, lane, size_class, slab):
    """Take a slab out of the list of its class. Locks: `lane` held by the caller."""
    record = heap.record(slab)
    after, before = record[AFTER], record[BEFORE]
    if after != 0:
        heap.record(after)[BEFORE] = before
    if before != 0:
        heap.record(before)[AFTER] = after
    else:
        lane.next_addrs[size_class] = after


def give_unused(heap, own):
    """Before a slab is mapped: give back the own lane's slots of classes that it has not used since the last time.

    They may be all that keeps other slabs from being given to this class. `own`: the thread's, entered.
    """
    for size_class in range(SMALL_COUNT):
        slots = own.frees[size_class]
        if slots != 0 and slots == own.marks[size_class]:
            own.frees[size_class] = 0
            own.room[size_class] = 0
            give(heap, size_class, slots)
        own.marks[size_class] = own.frees[size_class]


def give_fresh(heap, own, size_class):
    """Give back the slab of an own lane if no slot is out but those never handed out. Returns: int, bytes unmapped.

    Locks: one shared lane, none on return. `own`: the thread's, entered.
    """
    next_addr, size = own.next_addrs[size_class], slot_size(size_class)
    lane = heap.lanes[home(heap, size_class)]
    if next_addr == 0 or not try_patiently(heap, lane):
        return 0
    slab = next_addr - next_addr % SLAB_LEN
    record = heap.record(slab)
    is_empty = record[USED] == SLAB_LEN // size - next_addr % SLAB_LEN // size
    if is_empty:
        own.next_addrs[size_class] = 0
        take_out(heap, lane, size_class, slab)
        record[AFTER] = 0
    heap.unlock(lane)
    return free_slabs(heap, slab) if is_empty else 0


def free_slabs(heap, slab):
    """Free slabs that have no slot out, in a list by AFTER. Returns: int, bytes unmapped."""
    given_len = 0
    while slab != 0:
        after = heap.record(slab)[AFTER]
        heap.devote(slab, SLAB_CLASS, SLAB_LEN)
        given_len += store_larger(heap, slab, SLAB_CLASS)
        slab = after
    return given_len


#: [store]
def alloc_larger(heap, size_class):
    """A block of SMALL_COUNT <= size_class < CLASS_COUNT: one that waits, or a new one; 0 when the system has none."""
    own, addr = heap.own_lane, 0
    if size_class < OWN_COUNT and heap.enter(own):
        addr, own.frees[size_class] = own.frees[size_class], 0
        heap.leave(own)
    if addr == 0:
        heap.adopt()  # a lane to keep it when it is free
        addr = take_larger(heap, size_class)
    return addr if addr != 0 else heap.map(slot_size(size_class), SLAB_ALIGN_LOG2)


def take_larger(heap, size_class):
    """A larger block that waits, or 0."""
    addr = take_batch(heap, size_class)
    if addr != 0:
        heap.took(slot_size(size_class))
    return addr


def free_larger(heap, addr, size_class):
    """Keep the block freed last of a class in the own lane, and store the one from before."""
    own = heap.own_lane
    if size_class < OWN_COUNT and heap.enter(own):
        addr, own.frees[size_class] = own.frees[size_class], addr
        heap.leave(own)
    if addr != 0:
        store_larger(heap, addr, size_class)


def store_larger(heap, addr, size_class):
    """Keep a larger block for the next who asks, if not too much is kept; else unmap it. Returns: int, bytes unmapped.

    Locks: one shared lane, none on return.
    """
    size = slot_size(size_class)
    lane = lock(heap)
    count = lane.room[size_class]
    keep = heap.keeps(size, count * size)
    if keep:
        heap.store(addr, 0)
        link(heap, lane, size_class, addr)
    heap.unlock(lane)
    if keep:
        return 0
    heap.unmap(addr, size)
    return size


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

    What other threads' own lanes keep is theirs, and their slabs stay.

    Returns: int, bytes given back.
    Locks:   all lanes, in order, so that two trims do not wait for each other; none on return.
    """
    given_len = retire(heap)
    for lane in heap.lanes:
        while not heap.try_lock(lane):
            pass
    for size_class in range(SMALL_COUNT):
        for lane in heap.lanes:
            given_len += trim_batches(heap, lane, size_class)
    for size_class in range(SMALL_COUNT, CLASS_COUNT):
        for lane in heap.lanes:
            given_len += trim_larger(heap, lane, size_class)
    for lane in heap.lanes:
        heap.unlock(lane)
    return given_len


def trim_batches(heap, lane, size_class):
    """Give the batches that a lane has back to their slabs, and unmap those without a slot out.

    Returns: int, bytes. Locks: all lanes held by the caller.
    """
    given_len = 0
    batch = lane.frees[size_class]
    lane.frees[size_class] = 0
    lane.room[size_class] = 0
    while batch != 0:
        after = heap.load(batch + WORD_LEN)
        slab = settle(heap, heap.lanes[home(heap, size_class)], size_class, batch)
        while slab != 0:
            addr, slab = slab, heap.record(slab)[AFTER]
            heap.unmap(addr, SLAB_LEN)
            given_len += SLAB_LEN
        batch = after
    return given_len


def trim_larger(heap, lane, size_class):
    """Unmap the larger blocks that a lane keeps. Returns: int, bytes. Locks: `lane` held by the caller."""
    given_len = 0
    addr = lane.frees[size_class]
    while addr != 0:
        after = heap.load(addr + WORD_LEN)
        heap.took(slot_size(size_class))
        heap.unmap(addr, slot_size(size_class))
        given_len += slot_size(size_class)
        addr = after
    lane.frees[size_class] = 0
    lane.room[size_class] = 0
    return given_len


def spread(heap):
    """Bring the slabs of each class home, when there was but one lane until now. Locks: none; nobody else may run."""
    for size_class in range(SMALL_COUNT):
        first = heap.lanes[0].next_addrs[size_class]
        heap.lanes[0].next_addrs[size_class] = 0
        heap.lanes[home(heap, size_class)].next_addrs[size_class] = first
