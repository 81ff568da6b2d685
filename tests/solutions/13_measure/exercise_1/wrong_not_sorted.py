# fails with: spread(ours=[12, 9, 11], theirs=[10, 10, 10], unit=1000) gave [1200, 900, 1100]; expected [900, 1100, 1200]. The ratios have to be sorted before one of them is the middle.
def spread(ours, theirs, unit):
    ratios = [our * unit // their for our, their in zip(ours, theirs)]
    quarter = len(ratios) // 4
    return [ratios[quarter], ratios[len(ratios) // 2], ratios[-1 - quarter]]


def verdict(ours, theirs, unit):
    low, _, high = spread(ours, theirs, unit)
    if high < unit:
        return "faster"
    if low > unit:
        return "slower"
    return "nobody knows"
