"""Exercise 03.2, explained.

Wait for the lock, look, make if there is none, note, unlock. The look and the note lie inside one and the same holding
of the lock, so no other thread can look between them: that is the whole trick. Looking first and locking only to note
would bring the two regions back, each noted under a lock.

There is one way out, at the end, which unlocks: whether the region was there, was made, or could not be had. A refused
region leaves 0 in its place, so the next who asks tries again, and the word is stored before the lock is given back, so
nobody can get at a region that is not ready.
"""


def the_region(heap, region_len):
    lane = heap.lanes[0]
    while not heap.try_lock(lane):
        pass
    region = lane.next_addrs[0]
    if region == 0:
        region = heap.map(region_len, 0)
        if region != 0:
            heap.store(region, region_len)
            lane.next_addrs[0] = region
    heap.unlock(lane)
    return region
