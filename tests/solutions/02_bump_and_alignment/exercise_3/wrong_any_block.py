# fails with: free(start + 32, 10); alloc(30, 16); alloc(8, 8); free(start + 8, 24): lane.next_addrs[0] is start + 8; expected start + 72. That block was not the last: there is one above it that is in use, or was.


def alloc(heap, lane, start, end, length, alignment):
    addr = -(-lane.next_addrs[0] // alignment) * alignment
    if addr + length > end:
        return 0
    lane.next_addrs[0] = addr + length
    heap.store(start, heap.load(start) + 1)
    return addr


def free(heap, lane, start, addr, length):
    heap.store(start, heap.load(start) - 1)
    lane.next_addrs[0] = addr
    if heap.load(start) == 0:
        lane.next_addrs[0] = start + 8
