# fails with: TODO
def moves(accesses, line_len):
    lost = {}
    counts = [0, 0]
    for cpu, what, addr in accesses:
        line = addr // line_len
        word = lost.get((cpu, line))
        if word is not None:
            counts[word != addr] += 1
        lost[cpu, line] = None
        if what == "write":
            for other, its_line in lost:
                if its_line == line and other != cpu:
                    lost[other, line] = addr
    return counts
