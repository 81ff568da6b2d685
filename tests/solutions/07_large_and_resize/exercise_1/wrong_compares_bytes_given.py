# fails with: answer(length=49, new_length=81, slots=[16, 48, 80], page_len=64) gave 'system'; expected 'refused'. A slot does not become pages, nor do pages become a slot: free would look for it in the wrong place.


def given_len(length, slots, page_len):
    for slot in slots:
        if length <= slot:
            return slot
    return (length + page_len - 1) // page_len * page_len


def answer(length, new_length, slots, page_len):
    old, new = given_len(length, slots, page_len), given_len(new_length, slots, page_len)
    if old == new:
        return "done"
    return "system" if min(old, new) >= page_len else "refused"
