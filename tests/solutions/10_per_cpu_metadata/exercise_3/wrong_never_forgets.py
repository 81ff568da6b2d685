# fails with: moves(accesses=[[0, 'read', 0], [1, 'write', 0], [0, 'read', 0], [1, 'write', 8], [0, 'read', 0]], line_len=64) gave [2, 0]; expected [1, 1]. What was written before this CPU had the line last is known to it.
def moves(accesses, line_len):
    unseen = {}  # (cpu, line) -> words that others wrote since
    true_count = false_count = 0
    for cpu, what, addr in accesses:
        line = addr // line_len
        words = unseen.get((cpu, line), set())
        if addr in words:
            true_count += 1
        elif words:
            false_count += 1
        unseen.setdefault((cpu, line), set())
        if what == "write":
            for (other, its_line), its_words in unseen.items():
                if its_line == line and other != cpu:
                    its_words.add(addr)
    return [true_count, false_count]
