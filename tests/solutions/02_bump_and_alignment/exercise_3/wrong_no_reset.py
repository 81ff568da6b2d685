# fails with: alloc(24, 8); alloc(24, 8); free(start + 8, 24); free(start + 32, 24): lane.next_addrs[0] is start + 32; expected start + 8. No block is in use, so all is free, but for the word that counts.


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
