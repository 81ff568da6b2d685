"""Exercise 13.1, explained.

A round's two times were taken within the same second. If the machine was busy then, it was busy for both, and their
ratio says what it always says; the times themselves do not. So first divide, then sort, and never sort times of
different rounds against each other.

The middle does not care how far out a disturbed round lies, as a mean does. And the quartiles say whether the answer
would be the same in another hour: if half of all rounds, those between them, lie on both sides of 1, it would not.
"""


def spread(ours, theirs, unit):
    ratios = sorted(our * unit // their for our, their in zip(ours, theirs, strict=True))
    quarter = len(ratios) // 4
    return [ratios[quarter], ratios[len(ratios) // 2], ratios[-1 - quarter]]


def verdict(ours, theirs, unit):
    low, _, high = spread(ours, theirs, unit)
    if high < unit:
        return "faster"
    if low > unit:
        return "slower"
    return "nobody knows"
