"""Exercise 14.2, explained.

Replay the calls, and keep two things: what is live, and what was freed, with the call that did it. The last free of a
place is looked for from the end, and what is live now hides all that was there before: a slot has many owners in its
life.

"freed" is the crash that one meets most, and the hardest to see without such a record: the program goes on with the
bytes of another block for a while, and stops somewhere else. That is why `REFALLOC_CHECK=1` overwrites what is freed.
"""


def verdict(calls, addr, reach):
    live = {}
    freed = []
    for number, (start, length) in enumerate(calls):
        if length > 0:
            live[start] = (start + length, number)
        else:
            end, _ = live.pop(start)
            freed.append((start, end, number))
    for start, (end, number) in live.items():
        if start <= addr < end:
            return ["live", number, addr - start]
    for start, end, number in reversed(freed):
        if start <= addr < end:
            return ["freed", number, addr - start]
    before = [(end, number, start) for start, (end, number) in live.items() if end <= addr < end + reach]
    if before:
        _, number, start = max(before)
        return ["past", number, addr - start]
    return ["unknown", -1, 0]
