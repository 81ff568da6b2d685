# fails with: peak_mapped(events=[[0, 1]], slots=[16, 24, 40], slab_len=100, page_len=50) gave 1; expected 100. What is asked for is less than what is mapped: slabs are mapped whole.
def peak_mapped(events, slots, slab_len, page_len):
    live = {}
    peak = 0
    for block, length in events:
        live[block] = length
        peak = max(peak, sum(live.values()))
    return peak
