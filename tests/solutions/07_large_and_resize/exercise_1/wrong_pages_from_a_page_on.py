# fails with: given_len(length=49, slots=[16, 48, 80], page_len=64) gave 64; expected 80. Only what no slot holds is given pages.


def given_len(length, slots, page_len):
    if length >= page_len:
        return -(-length // page_len) * page_len
    return min(slot for slot in [*slots, page_len] if slot >= length)


def answer(length, new_length, slots, page_len):
    if (length > slots[-1]) != (new_length > slots[-1]):
        return "refused"
    if given_len(length, slots, page_len) == given_len(new_length, slots, page_len):
        return "done"
    return "system" if length > slots[-1] else "refused"
