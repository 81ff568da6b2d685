from collections import defaultdict
from itertools import islice


def chain(heap, lane, size_class):
    slot = lane.frees[size_class]
    while slot:
        following = heap.load(slot)
        yield slot
        slot = following


def give_back(heap, size_class, slot_len, slab_len, keep):
    live_len = defaultdict(lambda: slab_len)
    for lane in heap.lanes:
        for slot in chain(heap, lane, size_class):
            live_len[slot // slab_len] -= slot_len
    for lane in heap.lanes:
        slab, rest = divmod(lane.next_addrs[size_class], slab_len)
        if rest and slab in live_len:
            live_len[slab] -= slab_len - rest
    gone = set(islice((slab for slab in sorted(live_len) if live_len[slab] == 0), keep, None))
    for lane in heap.lanes:
        last = None
        for slot in chain(heap, lane, size_class):
            if slot // slab_len in gone:
                continue
            if last is None:
                lane.frees[size_class] = slot
            else:
                heap.store(last, slot)
            last = slot
        if last is None:
            lane.frees[size_class] = 0
        else:
            heap.store(last, 0)
        if lane.next_addrs[size_class] // slab_len in gone:
            lane.next_addrs[size_class] = 0
    for slab in gone:
        heap.unmap(slab * slab_len, slab_len)
    return slab_len * len(gone)
