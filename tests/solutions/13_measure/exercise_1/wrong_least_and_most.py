# fails with: spread(ours=[8, 7, 9, 30, 6], theirs=[10, 10, 10, 10, 10], unit=1000) gave [600, 800, 3000]; expected [700, 800, 900]. Those are the least and the most; a quarter of the ratios lies before the lower quartile.
def spread(ours, theirs, unit):
    ratios = sorted(our * unit // their for our, their in zip(ours, theirs, strict=True))
    return [ratios[0], ratios[len(ratios) // 2], ratios[-1]]


def verdict(ours, theirs, unit):
    low, _, high = spread(ours, theirs, unit)
    if high < unit:
        return "faster"
    if low > unit:
        return "slower"
    return "nobody knows"
