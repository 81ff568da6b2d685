"""Exercise 02.3, explained.

alloc bumps as before, and counts. The count changes only when a block is handed out: one that was refused is never
freed, and the count would not come down to 0 again.

free needs no list of blocks. The block that ends where the next one would start was handed out last (or all that came
after it have been given back, one after the other, from the top). And when the count comes to 0, nobody has anything in
the region, whatever the order was; only the word that counts must stay out of reach, so the next block starts after it.

A block in the middle stays lost until then: to find its place again, an allocator must keep a note of it. That is what
free lists are for.
"""


def alloc(heap, lane, start, end, length, alignment):
    addr = -(-lane.next_addrs[0] // alignment) * alignment
    if addr + length > end:
        return 0
    lane.next_addrs[0] = addr + length
    heap.store(start, heap.load(start) + 1)
    return addr


def free(heap, lane, start, addr, length):
    heap.store(start, heap.load(start) - 1)
    if addr + length == lane.next_addrs[0]:
        lane.next_addrs[0] = addr
    if heap.load(start) == 0:
        lane.next_addrs[0] = start + 8
