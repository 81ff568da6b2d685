# fails with: whole(share=0, ratio=500, unit=1000) gave 500; expected 1000. Only the share in the allocator gets faster.
def whole(share, ratio, unit):
    return ratio


def share_of(measured, ratio, unit):
    for share in range(unit + 1):
        if whole(share, ratio, unit) == measured:
            return share
    return -1
