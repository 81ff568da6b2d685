# fails with: share_of(measured=500, ratio=500, unit=1000) gave 1000; expected 999. That is the largest such share; the smallest is asked for.
def whole(share, ratio, unit):
    return unit - share + share * ratio // unit


def share_of(measured, ratio, unit):
    if ratio == unit:
        return unit
    return (unit - measured) * unit // (unit - ratio)
