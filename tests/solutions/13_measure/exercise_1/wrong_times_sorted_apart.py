# fails with: spread(ours=[30, 10, 20], theirs=[10, 20, 30], unit=1000) gave [1000, 1000, 1000]; expected [500, 666, 3000]. Sort the ratios, not the times: a round is a pair, and its two times belong together.
def spread(ours, theirs, unit):
    ratios = sorted(our * unit // their for our, their in zip(sorted(ours), sorted(theirs), strict=True))
    quarter = len(ratios) // 4
    return [ratios[quarter], ratios[len(ratios) // 2], ratios[-1 - quarter]]


def verdict(ours, theirs, unit):
    low, _, high = spread(ours, theirs, unit)
    if high < unit:
        return "faster"
    if low > unit:
        return "slower"
    return "nobody knows"
