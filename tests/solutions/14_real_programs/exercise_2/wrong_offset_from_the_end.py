# fails with: verdict(calls=[[64, 10]], addr=74, reach=16) gave ['past', 0, 0]; expected ['past', 0, 10]. The offset is from the block's start, not from its end.
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
    before = [(end, number, end) for start, (end, number) in live.items() if end <= addr < end + reach]
    if before:
        _, number, start = max(before)
        return ["past", number, addr - start]
    return ["unknown", -1, 0]
