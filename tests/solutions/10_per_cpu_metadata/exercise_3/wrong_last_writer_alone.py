# fails with: TODO
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
