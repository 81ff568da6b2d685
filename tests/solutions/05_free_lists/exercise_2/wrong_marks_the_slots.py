# fails with: verdict of slot 1 -> 0 changed the slab; a test that changes what it tests proves nothing.


def verdict(heap, front, slab, slab_len, slot_len):
    while front != 0:
        if front < slab or front >= slab + slab_len:
            return "outside"
        if (front - slab) % slot_len != 0:
            return "between"
        following = heap.load(front)
        if following == 1:
            return "loop"
        heap.store(front, 1)
        front = following
    return "sound"
