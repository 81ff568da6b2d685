# fails with: first_overlap(log=[['alloc', 0, 10], ['alloc', 8, 10]]) gave 8; expected 1. That is an address; give the number of the event, its place in the log.
def first_overlap(log):
    taken = set()
    for what, addr, length in log:
        for byte in range(addr, addr + length):
            if what == "free":
                taken.discard(byte)
            elif byte in taken:
                return byte
            else:
                taken.add(byte)
    return -1
