# fails with: first_harm([['alloc', 4096, 64], ['alloc', 8192, 100], ['free', 4096, 1], ['free', 8192, 1], ['free', 4096, 1]], slots=[64, 128], page_len=4096) gave 4; expected 3. Give the first that does harm.


def first_harm(calls, slots, page_len):
    def kept(length):
        for slot in slots:
            if length <= slot:
                return slot
        return -(-length // page_len) * page_len + 1

    live, found = {}, -1
    for place, (name, addr, length) in enumerate(calls):
        if name == "alloc":
            live[addr] = kept(length)
        elif live.pop(addr, None) != kept(length):
            found = place
    return found
