# fails with: spread(ours=[29], theirs=[100], unit=100) gave [28, 28, 28]; expected [29, 29, 29]. Multiply first, and divide by //: a float is a little off, and rounding down makes that one.
def spread(ours, theirs, unit):
    ratios = sorted(int(our / their * unit) for our, their in zip(ours, theirs, strict=True))
    quarter = len(ratios) // 4
    return [ratios[quarter], ratios[len(ratios) // 2], ratios[-1 - quarter]]


def verdict(ours, theirs, unit):
    low, _, high = spread(ours, theirs, unit)
    if high < unit:
        return "faster"
    if low > unit:
        return "slower"
    return "nobody knows"
