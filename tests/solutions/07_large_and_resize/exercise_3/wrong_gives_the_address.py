# fails with: first_harm([['alloc', 4096, 64], ['free', 4096, 65]], slots=[64, 128], page_len=4096) gave 4096; expected 1. Give its place in the list, not what it was told.


def first_harm(calls, slots, page_len):
    def kept(length):
        for slot in slots:
            if length <= slot:
                return slot
        return -(-length // page_len) * page_len + 1

    live = {}
    for name, addr, length in calls:
        if name == "alloc":
            live[addr] = kept(length)
        elif live.pop(addr, None) != kept(length):
            return addr
    return -1
