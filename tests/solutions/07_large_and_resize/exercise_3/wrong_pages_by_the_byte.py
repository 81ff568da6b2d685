# fails with: first_harm([['alloc', 4096, 5000], ['free', 4096, 8192]], slots=[64, 128], page_len=4096) gave 1; expected -1. Both lengths take two pages: no harm is done.


def first_harm(calls, slots, page_len):
    def kept(length):
        return next((slot for slot in slots if length <= slot), length)

    live = {}
    for place, (name, addr, length) in enumerate(calls):
        if name == "alloc":
            live[addr] = kept(length)
        elif live.pop(addr, None) != kept(length):
            return place
    return -1
