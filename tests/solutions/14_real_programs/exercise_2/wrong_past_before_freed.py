# fails with: verdict(calls=[[64, 10], [64, 0], [64, 4]], addr=68, reach=16) gave ['past', 2, 4]; expected ['freed', 1, 4]. A block that was freed comes before one that ends nearby.
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
    before = [(end, number, start) for start, (end, number) in live.items() if end <= addr < end + reach]
    if before:
        _, number, start = max(before)
        return ["past", number, addr - start]
    for start, end, number in reversed(freed):
        if start <= addr < end:
            return ["freed", number, addr - start]
    return ["unknown", -1, 0]
