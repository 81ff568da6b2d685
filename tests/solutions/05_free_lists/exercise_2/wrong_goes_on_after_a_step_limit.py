# fails with: verdict of slot 3 -> slot 3, in slots of 96 bytes, gave 'sound'; expected 'loop'. The walk meets slot 3 a second time.


def verdict(heap, front, slab, slab_len, slot_len):
    for _ in range(slab_len // slot_len):
        if front == 0:
            return "sound"
        if front < slab or front >= slab + slab_len:
            return "outside"
        if (front - slab) % slot_len != 0:
            return "between"
        front = heap.load(front)
    return "sound"
