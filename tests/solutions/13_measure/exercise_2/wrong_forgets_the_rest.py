# fails with: whole(share=0, ratio=500, unit=1000) gave 0; expected 1000. That is what the allocator takes now; the rest of the program is still there.
def whole(share, ratio, unit):
    return share * ratio // unit


def share_of(measured, ratio, unit):
    for share in range(unit + 1):
        if whole(share, ratio, unit) == measured:
            return share
    return -1
