def verdict(heap, front, slab, slab_len, slot_len):
    steps_left = slab_len // slot_len
    while front:
        slot, rest = divmod(front - slab, slot_len)
        if slot not in range(slab_len // slot_len):
            return "outside"
        if rest:
            return "between"
        if not steps_left:
            return "loop"
        steps_left -= 1
        front = heap.load(front)
    return "sound"
