def ratios_of(ours, theirs, unit):
    return [ours[i] * unit // theirs[i] for i in range(len(ours))]


def with_before(ratios, count):
    """The ratio that has `count` others before it, found by counting."""
    for ratio in ratios:
        less = len([other for other in ratios if other < ratio])
        same = ratios.count(ratio)
        if less <= count < less + same:
            return ratio
    return None


def spread(ours, theirs, unit):
    ratios = ratios_of(ours, theirs, unit)
    n = len(ratios)
    return [with_before(ratios, n // 4), with_before(ratios, n // 2), with_before(ratios, n - 1 - n // 4)]


def verdict(ours, theirs, unit):
    ratios = ratios_of(ours, theirs, unit)
    quarter = len(ratios) // 4
    if sum(ratio >= unit for ratio in ratios) <= quarter:
        return "faster"
    return "slower" if sum(ratio <= unit for ratio in ratios) <= quarter else "nobody knows"
