def verdict(heap, front, slab, slab_len, slot_len):
    def step(addr):
        if type(addr) is str:
            return addr
        if addr == 0:
            return "sound"
        if addr < slab or addr >= slab + slab_len:
            return "outside"
        return heap.load(addr) if (addr - slab) % slot_len == 0 else "between"

    slow = fast = front
    while True:
        slow, fast = step(slow), step(step(fast))
        if type(fast) is str:
            return fast
        if slow == fast != 0:
            return "loop"
