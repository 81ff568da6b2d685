def moves(accesses, line_len):
    found = {"true": 0, "false": 0}
    for now, (cpu, _, addr) in enumerate(accesses):
        before = now - 1
        writes = []
        while before >= 0:
            other, what, place = accesses[before]
            if place // line_len == addr // line_len:
                if other == cpu:
                    break
                if what == "write":
                    writes.append(place)
            before -= 1
        if before >= 0 and writes:
            found["true" if addr in writes else "false"] += 1
    return [found["true"], found["false"]]
