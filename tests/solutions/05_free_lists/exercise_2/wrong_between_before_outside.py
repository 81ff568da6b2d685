# fails with: verdict of slot 2 -> slab - 8, in slots of 96 bytes, gave 'between'; expected 'outside'. That address is below the slab.


def verdict(heap, front, slab, slab_len, slot_len):
    met = []
    while front != 0:
        if (front - slab) % slot_len != 0:
            return "between"
        if front < slab or front >= slab + slab_len:
            return "outside"
        if front in met:
            return "loop"
        met.append(front)
        front = heap.load(front)
    return "sound"
