# fails with: verdict(ours=[12, 9, 11], theirs=[10, 10, 10], unit=1000) gave 'slower'; expected 'nobody knows'. The middle alone says nothing: look on which side of unit the quartiles lie.
def spread(ours, theirs, unit):
    ratios = sorted(our * unit // their for our, their in zip(ours, theirs, strict=True))
    quarter = len(ratios) // 4
    return [ratios[quarter], ratios[len(ratios) // 2], ratios[-1 - quarter]]


def verdict(ours, theirs, unit):
    _, high, _ = spread(ours, theirs, unit)
    if high < unit:
        return "faster"
    if high > unit:
        return "slower"
    return "nobody knows"
