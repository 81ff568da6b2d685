# fails with: whole(share=1000, ratio=0, unit=1000) gave 1000; expected 0. The share is of the time with the old allocator; the new one takes `ratio` of it.
def whole(share, ratio, unit):
    return unit - share * ratio // unit


def share_of(measured, ratio, unit):
    for share in range(unit + 1):
        if whole(share, ratio, unit) == measured:
            return share
    return -1
