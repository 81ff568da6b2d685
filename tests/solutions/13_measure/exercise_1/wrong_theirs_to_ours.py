# fails with: spread(ours=[5], theirs=[10], unit=1000) gave [2000, 2000, 2000]; expected [500, 500, 500]. A ratio is of ours to theirs, not the other way round.
def spread(ours, theirs, unit):
    ratios = sorted(their * unit // our for our, their in zip(ours, theirs, strict=True))
    quarter = len(ratios) // 4
    return [ratios[quarter], ratios[len(ratios) // 2], ratios[-1 - quarter]]


def verdict(ours, theirs, unit):
    low, _, high = spread(ours, theirs, unit)
    if high < unit:
        return "faster"
    if low > unit:
        return "slower"
    return "nobody knows"
