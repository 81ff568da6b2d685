# fails with: verdict(calls=[[64, 4], [72, 4], [80, 4]], addr=76, reach=16) gave ['past', 0, 12]; expected ['past', 1, 4]. Of several blocks that end before it, take the nearest.
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
        _, number, start = min(before)
        return ["past", number, addr - start]
    return ["unknown", -1, 0]
