"""A thread-safe memory allocator: the text that every machine of this package runs.

Left out: giving slabs back (see trim.py), free without a length (see native/), any diagnosis of wrong calls
(see __init__.py).

Glossary
    block       what a caller asked for: `length` bytes at an address
    slot        what it gets: one of the equal pieces of a slab
    size class  the slots of one size; class c has slots of 8 << c bytes
    slab        SLAB_LEN bytes at a multiple of SLAB_LEN, cut into slots of one class
    lane        a lock and, for each class, the slots kept behind it; one lane per CPU
    large       longer or more aligned than the largest slot: mapped on its own, known to no lane

Design
    1. A small block is a slot. Free slots of a class form a list that lives in the slots themselves: the first
       8 bytes of a free slot hold the address of the next free one. alloc pops, free pushes.
    2. Each thread has a thread_index, the lane that it tries first; 0 when the thread is new. If that lane is taken,
       the thread goes round the table to one that is not, and keeps the index of it. Nobody waits for a lock.
    3. A freed slot stays with the lane that it was freed into. No one tells us that a thread has ended, so its slots
       must lie where other threads find them: lanes belong to CPUs, and threads go round all of them.
    4. A lane that has no slot left looks into MAX_ALLOC_SEARCH other lanes before it maps a slab.

Invariants, whenever lane.mutex is free
    A slot is exactly one of: live; in lane.frees of one lane, once; or not yet handed out, at or above next_addr.
    next_addr is where the lane's newest slab of that class goes on. A slab is aligned to its own length, so
    next_addr % SLAB_LEN == 0 means that the slab is used up; 0, which is a multiple too, means that there is none yet.
    A link points at a slot of the same class, or is 0, the end of the list.

Everything a function may use is a member of `heap` (see heap.py). Failure is the value 0.

Source: Zig 0.14.1, lib/std/heap/SmpAllocator.zig. Names are its names in snake_case, but for lane (its Thread), which
is no thread, and lock_next, which stands there twice as a loop.
"""

#: [constants]
WORD_LEN = 8  # bytes of an address: what a free slot must have room for
SLAB_LEN = 64 * 1024  # bytes; no smaller than any page of the system
SLAB_ALIGN_LOG2 = SLAB_LEN.bit_length() - 1
MIN_CLASS = WORD_LEN.bit_length() - 1  # log2 of the smallest slot
SIZE_CLASS_COUNT = SLAB_LEN.bit_length() - 1 - MIN_CLASS  # the largest slot is half a slab
MAX_ALLOC_SEARCH = 1  # other lanes that alloc looks into before it maps
PAGE_ALIGN_LOG2 = 12  # what every page of every system is aligned to
#: [end]


#: [size_class_index]
def size_class_index(length, align_log2):
    """The smallest class whose slots hold `length` bytes at an alignment of 1 << `align_log2`.

    A slot's address is a multiple of its size, so a large enough slot is aligned enough.

    Args:    length: int, bytes, 1 <= length; align_log2: int, 0 <= align_log2.
    Returns: int; SIZE_CLASS_COUNT or more means large.
    Locks:   none.
    """
    return max((length - 1).bit_length(), align_log2, MIN_CLASS) - MIN_CLASS


#: [slot_size]
def slot_size(size_class):
    """Bytes in one slot of `size_class`.

    Args:    size_class: int, 0 <= size_class < SIZE_CLASS_COUNT.
    Returns: int, bytes; a power of two, 8 to 32768.
    Locks:   none.
    """
    return 1 << (size_class + MIN_CLASS)


#: [lock]
def lock(heap):
    """Take a lane: the thread's own, or else the next one round the table that is not taken.

    Returns: the lane, locked.
    Locks:   takes one; the caller unlocks it.
    """
    lane = heap.lanes[heap.thread_index]
    if heap.try_lock(lane):
        return lane
    return lock_next(heap)


#: [lock_next]
def lock_next(heap):
    """Take a lane other than the thread's own, and make it the thread's own.

    With one lane, or when all others are taken for the whole round, it may be the same one after all.

    Returns: the lane, locked.
    Locks:   takes one; the caller holds none, or two callers could wait for each other.
    """
    index = heap.thread_index
    while True:
        index = (index + 1) % len(heap.lanes)
        lane = heap.lanes[index]
        if heap.try_lock(lane):
            heap.set_thread_index(index)
            return lane


#: [alloc]
def alloc(heap, length, align_log2):
    """Hand out a block.

    Args:    length: int, bytes, 1 <= length; align_log2: int, 0 <= align_log2.
    Returns: int, its address, a multiple of 1 << align_log2; 0 when the system has no memory.
    Locks:   at most one lane at a time, none on return.
    """
    #: [alloc.large]
    size_class = size_class_index(length, align_log2)
    if size_class >= SIZE_CLASS_COUNT:
        return heap.map(length, align_log2)

    search_count = 0
    lane = lock(heap)
    while True:
        #: [alloc.pop]
        top = lane.frees[size_class]
        if top != 0:
            lane.frees[size_class] = heap.load(top)
            heap.unlock(lane)
            return top

        #: [alloc.bump]
        next_addr = lane.next_addrs[size_class]
        if next_addr % SLAB_LEN != 0:
            lane.next_addrs[size_class] = next_addr + slot_size(size_class)
            heap.unlock(lane)
            return next_addr

        #: [alloc.map]
        if search_count >= MAX_ALLOC_SEARCH:
            slab = heap.map(SLAB_LEN, SLAB_ALIGN_LOG2)
            if slab != 0:
                lane.next_addrs[size_class] = slab + slot_size(size_class)
            heap.unlock(lane)
            return slab

        #: [alloc.search]
        # Unlock first: else two threads could each hold the lane that the other wants.
        heap.unlock(lane)
        lane = lock_next(heap)
        search_count += 1


#: [free]
def free(heap, addr, length, align_log2):
    """Take a block back.

    Args:    addr: what alloc returned; length, align_log2: what it was asked for, or what resize made of it since.
    Locks:   one lane, none on return.
    """
    size_class = size_class_index(length, align_log2)
    if size_class >= SIZE_CLASS_COUNT:
        heap.unmap(addr, length)
        return

    lane = lock(heap)
    heap.store(addr, lane.frees[size_class])
    lane.frees[size_class] = addr
    heap.unlock(lane)


#: [resize]
def resize(heap, addr, length, new_length, align_log2):
    """Change a block's length where it is.

    Small blocks keep their slot, so this works within a class; a large one's pages may be there or not.
    Never from small to large or back: free would look for the block in the wrong place.

    Returns: bool; False leaves the block as it was.
    Locks:   none: no metadata changes.
    """
    size_class = size_class_index(length, align_log2)
    new_class = size_class_index(new_length, align_log2)
    if size_class >= SIZE_CLASS_COUNT:
        if new_class < SIZE_CLASS_COUNT:
            return False
        return heap.remap(addr, length, new_length, may_move=False) != 0
    return new_class == size_class


#: [remap]
def remap(heap, addr, length, new_length, align_log2):
    """As resize, but the system may move a large block, pages and all, to another address.

    It moves pages to where pages fit, so a block aligned to more than a page must stay (in the source it moves).

    Returns: int, the block's address now; 0 leaves the block as it was: alloc, copy and free do no worse.
    Locks:   none: no metadata changes.
    """
    size_class = size_class_index(length, align_log2)
    new_class = size_class_index(new_length, align_log2)
    if size_class >= SIZE_CLASS_COUNT:
        if new_class < SIZE_CLASS_COUNT:
            return 0
        return heap.remap(addr, length, new_length, may_move=align_log2 <= PAGE_ALIGN_LOG2)
    return addr if new_class == size_class else 0
