def given_len(length, slots, page_len):
    if not slots:
        pages = 1
        while pages * page_len < length:
            pages += 1
        return pages * page_len
    first, *rest = slots
    return first if length <= first else given_len(length, rest, page_len)


def answer(length, new_length, slots, page_len):
    small = [size <= slots[-1] for size in (length, new_length)]
    same = given_len(length, slots, page_len) == given_len(new_length, slots, page_len)
    if any(small):
        return "done" if all(small) and same else "refused"
    return ("system", "done")[same]
