# fails with: moves(accesses=[[0, 'write', 0], [1, 'read', 0], [0, 'write', 0]], line_len=64) gave [1, 0]; expected [0, 0]. Who reads takes the line from nobody.
def moves(accesses, line_len):
    last = {}
    had = set()
    counts = [0, 0]
    for cpu, what, addr in accesses:
        line = addr // line_len
        writer, word = last.get(line, (cpu, addr))
        if (cpu, line) in had and writer != cpu:
            counts[word != addr] += 1
        had.add((cpu, line))
        if what == "write":
            last[line] = cpu, addr
        elif writer != cpu:
            last[line] = cpu, addr
    return counts
