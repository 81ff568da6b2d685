# fails with: moves(accesses=[[0, 'write', 0], [1, 'write', 0], [1, 'write', 8], [0, 'read', 0]], line_len=64) gave [0, 1]; expected [1, 0]. Not the last write alone: any since this CPU lost the line may be to its word.
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
