# fails with: alloc(56, 16); alloc(25, 4); free(start + 128, 56); alloc(44, 4) gave 0; expected start + 212. There is room: a block may end where the region does.
def alloc(heap, lane, start, end, length, alignment):
    addr = -(-lane.next_addrs[0] // alignment) * alignment
    if addr + length >= end:
        return 0
    heap.store(start, heap.load(start) + 1)
    lane.next_addrs[0] = addr + length
    return addr


def free(heap, lane, start, addr, length):
    count = heap.load(start) - 1
    heap.store(start, count)
    if count == 0:
        lane.next_addrs[0] = start + 8
    elif lane.next_addrs[0] - length == addr:
        lane.next_addrs[0] = addr
