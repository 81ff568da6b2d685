# fails with: verdict of all 128 slots of the slab, in no order, in slots of 96 bytes, gave 'loop'; expected 'sound'. Every slot is met once, and then comes a 0.


def verdict(heap, front, slab, slab_len, slot_len):
    for _ in range(slab_len // slot_len):
        if front == 0:
            return "sound"
        if front < slab or front >= slab + slab_len:
            return "outside"
        if (front - slab) % slot_len != 0:
            return "between"
        front = heap.load(front)
    return "loop"
