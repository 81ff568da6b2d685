# fails with: verdict of an empty list, in slots of 96 bytes, gave True; expected 'sound'. That is of type bool, where str is expected.


def verdict(heap, front, slab, slab_len, slot_len):
    met = set()
    while front != 0:
        if front < slab or front >= slab + slab_len or (front - slab) % slot_len or front in met:
            return False
        met.add(front)
        front = heap.load(front)
    return True
