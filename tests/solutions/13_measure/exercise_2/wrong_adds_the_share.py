# fails with: whole(share=1000, ratio=500, unit=1000) gave 1500; expected 500. The time outside the allocator is unit less share.
def whole(share, ratio, unit):
    return unit + share * ratio // unit


def share_of(measured, ratio, unit):
    return next((share for share in range(unit + 1) if whole(share, ratio, unit) == measured), -1)
