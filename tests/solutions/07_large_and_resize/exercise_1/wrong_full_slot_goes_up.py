# fails with: given_len(length=64, slots=[64, 128], page_len=4096) gave 128; expected 64. A length that fills a slot, or whole pages, needs no more.
import bisect


def given_len(length, slots, page_len):
    place = bisect.bisect_right(slots, length)
    if place < len(slots):
        return slots[place]
    return -(-length // page_len) * page_len


def answer(length, new_length, slots, page_len):
    if (length > slots[-1]) != (new_length > slots[-1]):
        return "refused"
    if given_len(length, slots, page_len) == given_len(new_length, slots, page_len):
        return "done"
    return "system" if length > slots[-1] else "refused"
