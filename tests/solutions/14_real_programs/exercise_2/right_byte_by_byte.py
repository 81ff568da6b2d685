def verdict(calls, addr, reach):
    who = {}
    length_of = {}
    for number, (start, length) in enumerate(calls):
        if length:
            length_of[start] = length
        word = "live" if length else "freed"
        for byte in range(start, start + length_of[start]):
            # A free does not hide what is live, and blocks that are live do not overlap.
            who[byte] = [word, number, byte - start]
    if addr in who:
        return who[addr]
    for distance in range(1, reach + 1):
        last = who.get(addr - distance)
        if last and last[0] == "live" and calls[last[1]][0] + calls[last[1]][1] == addr - distance + 1:
            return ["past", last[1], last[2] + distance]
    return ["unknown", -1, 0]
