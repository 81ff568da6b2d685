# fails with: given_len(length=129, slots=[64, 128], page_len=4096) gave 129; expected 4096. A block that no slot holds is given whole pages.


def given_len(length, slots, page_len):
    return next((slot for slot in slots if slot >= length), length)


def answer(length, new_length, slots, page_len):
    if (length > slots[-1]) != (new_length > slots[-1]):
        return "refused"
    if given_len(length, slots, page_len) == given_len(new_length, slots, page_len):
        return "done"
    return "system" if length > slots[-1] else "refused"
