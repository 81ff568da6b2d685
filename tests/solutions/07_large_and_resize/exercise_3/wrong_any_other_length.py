# fails with: first_harm([['alloc', 4096, 64], ['free', 4096, 10]], slots=[64, 128], page_len=4096) gave 1; expected -1. The length is wrong, but leads to the same slot: no harm is done.


def first_harm(calls, slots, page_len):
    live = {}
    for place, (name, addr, length) in enumerate(calls):
        if name == "alloc":
            live[addr] = length
        elif live.pop(addr, None) != length:
            return place
    return -1
