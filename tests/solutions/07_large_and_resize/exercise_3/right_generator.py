def first_harm(calls, slots, page_len):
    pages = slots[-1]

    def given(length):
        return sum(length > slot for slot in slots), (length + page_len - 1) // page_len * (length > pages)

    def harms():
        live = {}
        for place, (name, addr, length) in enumerate(calls):
            match name:
                case "alloc":
                    live |= {addr: given(length)}
                case _ if addr in live and live[addr] == given(length):
                    del live[addr]
                case _:
                    yield place

    return next(harms(), -1)
