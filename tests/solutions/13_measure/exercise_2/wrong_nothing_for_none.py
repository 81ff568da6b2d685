# fails with: share_of(measured=400, ratio=500, unit=1000) gave 0; expected -1. Where no share explains it, the answer is -1.
def whole(share, ratio, unit):
    return unit - share + share * ratio // unit


def share_of(measured, ratio, unit):
    for share in range(unit + 1):
        if whole(share, ratio, unit) == measured:
            return share
    return 0
