# fails with: alloc(24, 8): the word at start is 4; expected 1, the number of blocks in use. That is how many are in use in all regions of the program: keep each count in its region.
count = 0


def alloc(heap, lane, start, end, length, alignment):
    global count
    addr = -(-lane.next_addrs[0] // alignment) * alignment
    if addr + length > end:
        return 0
    lane.next_addrs[0] = addr + length
    count += 1
    heap.store(start, count)
    return addr


def free(heap, lane, start, addr, length):
    global count
    count -= 1
    heap.store(start, count)
    if addr + length == lane.next_addrs[0]:
        lane.next_addrs[0] = addr
    if count == 0:
        lane.next_addrs[0] = start + 8
