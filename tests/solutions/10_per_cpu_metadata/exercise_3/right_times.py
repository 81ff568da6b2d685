def moves(accesses, line_len):
    line_of = lambda addr: addr & -line_len  # noqa: E731, one of the ways to write it
    seen_at = {}
    written_at = {}
    counts = [0, 0]
    for time, (cpu, what, addr) in enumerate(accesses):
        since = seen_at.get((cpu, line_of(addr)))
        if since is not None:
            newer = {
                word
                for (who, word), when in written_at.items()
                if who != cpu and line_of(word) == line_of(addr) and when > since
            }
            if newer:
                counts[addr not in newer] += 1
        seen_at[cpu, line_of(addr)] = time
        if what == "write":
            written_at[cpu, addr] = time
    return counts
