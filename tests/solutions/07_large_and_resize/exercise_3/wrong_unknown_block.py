# fails with: first_harm(calls=[['alloc', 4096, 64], ['alloc', 8192, 100], ['free', 4096, 64], ['free', 4096, 64]], slots=[64, 128], page_len=4096) raised KeyError: 4096


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
        elif live.pop(addr) != kept(length):
            return place
    return -1
