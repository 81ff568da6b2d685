# fails with: alloc(8, 8); free(start + 8, 24); alloc(20, 4); alloc(4096, 1): the word at start is 4; expected 3, the number of blocks in use. A block that was refused is not in use.


def alloc(heap, lane, start, end, length, alignment):
    heap.store(start, heap.load(start) + 1)
    addr = -(-lane.next_addrs[0] // alignment) * alignment
    if addr + length > end:
        return 0
    lane.next_addrs[0] = addr + length
    return addr


def free(heap, lane, start, addr, length):
    heap.store(start, heap.load(start) - 1)
    if addr + length == lane.next_addrs[0]:
        lane.next_addrs[0] = addr
    if heap.load(start) == 0:
        lane.next_addrs[0] = start + 8
