# fails with: verdict of slot 127 -> slot 0 -> 0, in slots of 96 bytes, gave 'outside'; expected 'sound'. The last slot of the slab is a slot too.


def verdict(heap, front, slab, slab_len, slot_len):
    met = []
    while front != 0:
        if front < slab or front >= slab + slab_len - slot_len:
            return "outside"
        if (front - slab) % slot_len != 0:
            return "between"
        if front in met:
            return "loop"
        met.append(front)
        front = heap.load(front)
    return "sound"
