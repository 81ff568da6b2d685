# fails with: share_of(measured=0, ratio=0, unit=1000) gave -1; expected 1000. A program may spend all of its time in the allocator: the share may be unit.
def whole(share, ratio, unit):
    return unit - share + share * ratio // unit


def share_of(measured, ratio, unit):
    for share in range(unit):
        if whole(share, ratio, unit) == measured:
            return share
    return -1
