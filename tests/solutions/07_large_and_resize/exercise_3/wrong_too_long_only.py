# fails with: first_harm([['alloc', 8192, 100], ['free', 8192, 64]], slots=[64, 128], page_len=4096) gave -1; expected 1. A block of 100 bytes is not kept with those of 64.


def first_harm(calls, slots, page_len):
    def kept(length):
        for slot in slots:
            if length <= slot:
                return slot
        return -(-length // page_len) * page_len + 1

    live = {}
    for place, (name, addr, length) in enumerate(calls):
        if name == "alloc":
            live[addr] = kept(length)
        elif addr not in live or live.pop(addr) < kept(length):
            return place
    return -1
