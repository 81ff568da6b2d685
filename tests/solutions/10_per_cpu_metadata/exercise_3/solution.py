"""Exercise 10.3, explained.

For each CPU and line we keep which words others have written since the CPU had the line last. The set is empty as long
as it has the line, and not in the dict as long as it never had it. A write adds the word to the set of every other CPU
that has had the line. An access finds its set: if it is empty the line is there; if the word is in it, the line comes
for that word's sake, and else for nothing.

Two counters side by side, each used by a CPU of its own, make every access a move for false sharing. On lines of their
own they make none. Real caches do more: a line that nobody else has is dropped when room is needed, and neighbouring
lines are fetched in advance. The definition is that of J. Torrellas, M. S. Lam and J. L. Hennessy, False Sharing and
Spatial Locality in Multiprocessor Caches, IEEE Transactions on Computers 43, 1994.
"""


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
        unseen[cpu, line] = set()
        if what == "write":
            for (other, its_line), its_words in unseen.items():
                if its_line == line and other != cpu:
                    its_words.add(addr)
    return [true_count, false_count]
