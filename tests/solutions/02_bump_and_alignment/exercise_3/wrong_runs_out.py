# fails with: alloc(8, 8); free(start + 8, 24); alloc(20, 4); alloc(4096, 1) gave start + 92; expected 0. The block would run out of the region.


def alloc(heap, lane, start, end, length, alignment):
    addr = -(-lane.next_addrs[0] // alignment) * alignment
    if addr > end:
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
