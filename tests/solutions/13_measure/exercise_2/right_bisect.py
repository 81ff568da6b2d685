def whole(share, ratio, unit):
    new_share, _ = divmod(share * ratio, unit)
    return new_share + (unit - share)


def share_of(measured, ratio, unit):
    # A faster allocator makes `whole` fall with the share, a slower one makes it rise: never both.
    sign = 1 if ratio >= unit else -1
    low, high = 0, unit + 1
    while low < high:
        middle = (low + high) // 2
        if sign * whole(middle, ratio, unit) < sign * measured:
            low = middle + 1
        else:
            high = middle
    return low if low <= unit and whole(low, ratio, unit) == measured else -1
