def kept(length, slots, page_len):
    """Where free will look: ("slot", its place) or ("pages", how many)."""
    place = sum(slot < length for slot in slots)
    if place == len(slots):
        return "pages", 1 + (length - 1) // page_len
    return "slot", place


def given_len(length, slots, page_len):
    kind, number = kept(length, slots, page_len)
    return {"pages": number * page_len, "slot": [*slots, 0][number if kind == "slot" else 0]}[kind]


def answer(length, new_length, slots, page_len):
    before, after = kept(length, slots, page_len), kept(new_length, slots, page_len)
    table = {("pages", "pages"): "system"}
    return "done" if before == after else table.get((before[0], after[0]), "refused")
