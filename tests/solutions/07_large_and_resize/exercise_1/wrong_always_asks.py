# fails with: answer(length=5000, new_length=8192, slots=[64, 128], page_len=4096) gave 'system'; expected 'done'. That needs as many pages as before: nothing has to be done.


def given_len(length, slots, page_len):
    for slot in slots:
        if length <= slot:
            return slot
    return (length + page_len - 1) // page_len * page_len


def answer(length, new_length, slots, page_len):
    if length > slots[-1] and new_length > slots[-1]:
        return "system"
    if given_len(length, slots, page_len) == given_len(new_length, slots, page_len):
        return "done"
    return "refused"
