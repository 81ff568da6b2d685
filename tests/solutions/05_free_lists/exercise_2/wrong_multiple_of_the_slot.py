# fails with: verdict of slot 1 -> 0, in slots of 96 bytes, gave 'between'; expected 'sound'. Slots are counted from the start of the slab: slot 1 starts at slab + slot_len.


def verdict(heap, front, slab, slab_len, slot_len):
    met = []
    while front != 0:
        if front < slab or front >= slab + slab_len:
            return "outside"
        if front % slot_len != 0:
            return "between"
        if front in met:
            return "loop"
        met.append(front)
        front = heap.load(front)
    return "sound"
