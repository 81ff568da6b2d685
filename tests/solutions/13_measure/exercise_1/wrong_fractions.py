# fails with: spread(ours=[10], theirs=[10], unit=1000) gave [1000.0, 1000.0, 1000.0], a float; give an int back (`//` divides without a fraction)
def spread(ours, theirs, unit):
    ratios = sorted(our * unit / their for our, their in zip(ours, theirs, strict=True))
    quarter = len(ratios) // 4
    return [ratios[quarter], ratios[len(ratios) // 2], ratios[-1 - quarter]]


def verdict(ours, theirs, unit):
    low, _, high = spread(ours, theirs, unit)
    if high < unit:
        return "faster"
    if low > unit:
        return "slower"
    return "nobody knows"
