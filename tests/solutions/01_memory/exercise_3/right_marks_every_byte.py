def first_overlap(log):
    taken = {}
    number = 0
    while number < len(log):
        what, addr, length = log[number]
        for byte in range(addr, addr + length):
            if what == "alloc" and taken.get(byte):
                return number
            taken[byte] = what == "alloc"
        number += 1
    return -1
