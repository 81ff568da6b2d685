# fails with: peak_mapped(events=[[0, 16], [0, 0], [1, 24]], slots=[16, 24, 40], slab_len=100, page_len=50) gave 100; expected 200. A slab is never given back, also when all its slots are free.
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
                slot = slot_of.pop(block)
                live[slot] -= 1
                slabs[slot] = -(-live[slot] // (slab_len // slot))
        elif length > slots[-1]:
            pages_of[block] = (length + page_len - 1) // page_len * page_len
        else:
            slot = min(slot for slot in slots if slot >= length)
            slot_of[block] = slot
            live[slot] += 1
            if live[slot] > slabs[slot] * (slab_len // slot):
                slabs[slot] += 1
        peak = max(peak, sum(slabs.values()) * slab_len + sum(pages_of.values()))
    return peak
