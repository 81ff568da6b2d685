# fails with: given_len(length=129, slots=[64, 128], page_len=4096) gave 0; expected 4096. Round up to whole pages: the end of the block needs a page too.


def given_len(length, slots, page_len):
    for slot in slots:
        if length <= slot:
            return slot
    return length // page_len * page_len


def answer(length, new_length, slots, page_len):
    if (length > slots[-1]) != (new_length > slots[-1]):
        return "refused"
    if given_len(length, slots, page_len) == given_len(new_length, slots, page_len):
        return "done"
    return "system" if length > slots[-1] else "refused"
