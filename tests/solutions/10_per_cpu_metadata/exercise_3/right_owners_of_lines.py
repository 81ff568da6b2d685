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
                if its == line and other != cpu:
                    since[other, line].add(addr)
            has[line] = {cpu}
    return [true, false]
