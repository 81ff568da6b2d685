# fails with: peak_mapped(events=[[0, 130], [0, 0], [1, 130], [1, 0], [2, 16]], slots=[16, 24, 40], slab_len=100, page_len=50) gave 250; expected 150. Where large blocks and slabs were most at different moments, look for the moment when both together are.
def peak_mapped(events, slots, slab_len, page_len):
    slot_of = {}
    pages_of = {}
    live = dict.fromkeys(slots, 0)
    slabs = dict.fromkeys(slots, 0)
    peak = 0
    for block, length in events:
        if length == 0:
            pages_of.pop(block, 0)
            if block in slot_of:
                live[slot_of.pop(block)] -= 1
        elif length > slots[-1]:
            pages_of[block] = (length + page_len - 1) // page_len * page_len
        else:
            slot = min(slot for slot in slots if slot >= length)
            slot_of[block] = slot
            live[slot] += 1
            if live[slot] > slabs[slot] * (slab_len // slot):
                slabs[slot] += 1
        peak = max(peak, sum(pages_of.values()))
    return peak + sum(slabs.values()) * slab_len
