# fails with: moves(accesses=[[0, 'write', 0], [1, 'write', 8], [0, 'write', 0]], line_len=64) gave [1, 0]; expected [0, 1]. What counts is what others wrote, not what this CPU wrote itself.
def moves(accesses, line_len):
    true = false = 0
    has, had, since = {}, set(), {}
    for cpu, what, addr in accesses:
        line = addr // line_len
        owners = has.setdefault(line, set())
        if cpu not in owners:
            if (cpu, line) in had:
                if addr in since[cpu, line]:
                    true += 1
                else:
                    false += 1
            owners.add(cpu)
            had.add((cpu, line))
            since[cpu, line] = set()
        if what == "write":
            for other, its in had:
                if its == line:
                    since[other, line].add(addr)
            has[line] = {cpu}
    return [true, false]
