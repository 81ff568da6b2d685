# fails with: answer(length=100, new_length=128, slots=[64, 128], page_len=4096) gave 'refused'; expected 'done'. The slot is long enough for both, and the right one for both.


def given_len(length, slots, page_len):
    for slot in slots:
        if length <= slot:
            return slot
    return (length + page_len - 1) // page_len * page_len


def answer(length, new_length, slots, page_len):
    if length == new_length:
        return "done"
    if length > slots[-1] and new_length > slots[-1]:
        return "system"
    return "refused"
