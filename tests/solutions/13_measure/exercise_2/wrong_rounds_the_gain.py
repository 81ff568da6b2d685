# fails with: whole(share=333, ratio=333, unit=1000) gave 778; expected 777. The new share is rounded down, not the time that is gained.
def whole(share, ratio, unit):
    return unit - share * (unit - ratio) // unit


def share_of(measured, ratio, unit):
    for share in range(unit + 1):
        if whole(share, ratio, unit) == measured:
            return share
    return -1
