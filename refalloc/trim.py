"""Give slabs back: what the original leaves out (ziglang/zig#23592: small memory is never returned to the system).

Design. With every lane locked, nothing moves. A slab whose handed-out slots are all in free lists holds nothing of
anyone: its slots are taken out of the lists, and its pages are unmapped. Two trims at once do not wait for each other
in a circle, since both take the lanes in the order of the table.

Works on any heap, with the members that the text uses and no more.
"""

from collections import Counter

from refalloc.allocator import SIZE_CLASS_COUNT, SLAB_LEN, slot_size


def trim_heap(heap):
    """Unmap every slab that has no live block.

    Returns: int, bytes given back.
    Locks:   all lanes; none on return. Waits for lanes that are taken.
    """
    lock_all(heap)
    try:
        return sum(_trim_class(heap, size_class) for size_class in range(SIZE_CLASS_COUNT))
    finally:
        unlock_all(heap)


def lock_all(heap):
    """Take every lane, in the order of the table, waiting for those that are taken. The caller holds none."""
    for index in range(len(heap.lanes)):
        while not heap.try_lock(heap.lanes[index]):
            pass


def unlock_all(heap):
    """Give every lane back."""
    for index in range(len(heap.lanes)):
        heap.unlock(heap.lanes[index])


def free_slots(heap, lane, size_class):
    """The addresses in one free list, first to last. Locks: `lane` held by the caller, or nothing running."""
    addr = lane.frees[size_class]
    while addr != 0:
        yield addr
        addr = heap.load(addr)


def _trim_class(heap, size_class):
    lists = [list(free_slots(heap, lane, size_class)) for lane in heap.lanes]
    free_counts = Counter(addr - addr % SLAB_LEN for slots in lists for addr in slots)
    handed_out = {}  # slab -> slots handed out, for those slabs that still have slots which are not
    for lane in heap.lanes:
        next_addr = lane.next_addrs[size_class]
        if next_addr % SLAB_LEN != 0:
            handed_out[next_addr - next_addr % SLAB_LEN] = next_addr % SLAB_LEN // slot_size(size_class)
    all_slots = SLAB_LEN // slot_size(size_class)
    empty = {slab for slab, count in free_counts.items() if count == handed_out.get(slab, all_slots)}
    if not empty:
        return 0
    for lane, slots in zip(heap.lanes, lists, strict=True):
        _relink(heap, lane, size_class, [addr for addr in slots if addr - addr % SLAB_LEN not in empty])
        next_addr = lane.next_addrs[size_class]
        if next_addr - next_addr % SLAB_LEN in empty:
            lane.next_addrs[size_class] = 0
    for slab in empty:
        heap.unmap(slab, SLAB_LEN)
    return len(empty) * SLAB_LEN


def _relink(heap, lane, size_class, slots):
    """Make `slots` the free list, in this order."""
    lane.frees[size_class] = slots[0] if slots else 0
    for addr, next_free in zip(slots, [*slots[1:], 0], strict=False):
        heap.store(addr, next_free)
