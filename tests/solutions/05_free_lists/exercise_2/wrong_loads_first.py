# fails with: verdict of slab + 8, the front, in slots of 96 bytes, gave 'outside'; expected 'between'. The front too is judged before it is followed.


def verdict(heap, front, slab, slab_len, slot_len):
    met = {front}
    while front != 0:
        front = heap.load(front)
        if front == 0:
            break
        if front < slab or front >= slab + slab_len:
            return "outside"
        if (front - slab) % slot_len != 0:
            return "between"
        if front in met:
            return "loop"
        met.add(front)
    return "sound"
