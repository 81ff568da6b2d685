# fails with: what perl asked for, with 12 slots: yours give 1,457,184 bytes; powers of two, as many of them, give 1,179,168. Where do most of the blocks lie?


def choose_slots(histogram, slot_count, quantum):
    need = {}
    for length, count in histogram:
        slot = -(-length // quantum) * quantum
        need[slot] = need.get(slot, 0) + count
    longest = max(need)
    del need[longest]
    common = sorted(need, key=need.get)[-(slot_count - 1) :] if slot_count > 1 else []
    return sorted([*common, longest])
