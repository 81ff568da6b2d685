"""Exercise 05.2, explained.

Each address is judged before it is followed: outside, between, met before. Only then is it certain that a word lies
there, and that reading it leads on.

`met` grows with the list. Two ways do without: count the steps, as a list of more steps than the slab has slots must
have come back; or let two walkers start together, one going two steps at a time, and see whether the fast one meets
the slow one. That is R. W. Floyd's, as D. E. Knuth reports it (The Art of Computer Programming, volume 2, 3.1).

`refalloc.check` proves a whole heap sound in the same manner: every slot is live, free in one list once, or not yet
handed out.
"""


def verdict(heap, front, slab, slab_len, slot_len):
    met = set()
    addr = front
    while addr != 0:
        if not slab <= addr < slab + slab_len:
            return "outside"
        if (addr - slab) % slot_len != 0:
            return "between"
        if addr in met:
            return "loop"
        met.add(addr)
        addr = heap.load(addr)
    return "sound"
