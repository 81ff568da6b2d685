# fails with: spread(ours=[9, 10, 12], theirs=[10, 10, 10], unit=1000) gave [900, 1033, 1200]; expected [900, 1000, 1200]. The middle is not the mean: one disturbed round moves a mean as far as it likes.
def spread(ours, theirs, unit):
    ratios = sorted(our * unit // their for our, their in zip(ours, theirs, strict=True))
    quarter = len(ratios) // 4
    return [ratios[quarter], sum(ratios) // len(ratios), ratios[-1 - quarter]]


def verdict(ours, theirs, unit):
    low, _, high = spread(ours, theirs, unit)
    if high < unit:
        return "faster"
    if low > unit:
        return "slower"
    return "nobody knows"
