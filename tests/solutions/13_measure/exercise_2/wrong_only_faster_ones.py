# fails with: share_of(measured=1300, ratio=2000, unit=1000) gave -1; expected 300. An allocator that is slower has a share, too.
def whole(share, ratio, unit):
    return unit - share + share * ratio // unit


def share_of(measured, ratio, unit):
    if ratio > unit:
        return -1
    for share in range(unit + 1):
        if whole(share, ratio, unit) == measured:
            return share
    return -1
