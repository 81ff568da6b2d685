# fails with: answer(length=100, new_length=50, slots=[64, 128], page_len=4096) gave 'done'; expected 'refused'. It fits, but free would be told the new length, and push the slot into the list of shorter ones.


def given_len(length, slots, page_len):
    for slot in slots:
        if length <= slot:
            return slot
    return (length + page_len - 1) // page_len * page_len


def answer(length, new_length, slots, page_len):
    if length > slots[-1] and new_length > slots[-1]:
        same = given_len(length, slots, page_len) == given_len(new_length, slots, page_len)
        return "done" if same else "system"
    if length <= slots[-1] and new_length <= given_len(length, slots, page_len):
        return "done"
    return "refused"
