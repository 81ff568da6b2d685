# fails with: verdict(ours=[5], theirs=[10], unit=1000) gave 'slower'; expected 'faster'. Less time is faster.
def spread(ours, theirs, unit):
    ratios = sorted(our * unit // their for our, their in zip(ours, theirs, strict=True))
    quarter = len(ratios) // 4
    return [ratios[quarter], ratios[len(ratios) // 2], ratios[-1 - quarter]]


def verdict(ours, theirs, unit):
    low, _, high = spread(ours, theirs, unit)
    if high < unit:
        return "slower"
    if low > unit:
        return "faster"
    return "nobody knows"
