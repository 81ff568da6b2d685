# fails with: answer(length=5000, new_length=100, slots=[64, 128], page_len=4096) gave 'system'; expected 'refused'. A slot does not become pages, nor do pages become a slot: free would look for it in the wrong place.


def given_len(length, slots, page_len):
    for slot in slots:
        if length <= slot:
            return slot
    return (length + page_len - 1) // page_len * page_len


def answer(length, new_length, slots, page_len):
    if given_len(length, slots, page_len) == given_len(new_length, slots, page_len):
        return "done"
    return "system" if length > slots[-1] else "refused"
