# fails with: choose_slots(histogram=[[8, 3], [16, 2], [24, 3], [32, 1]], slot_count=3, quantum=8) gave [8, 16, 32], which give 184 bytes; 176 are possible. Does a slot end where no block does, or is a choice made too early?


def choose_slots(histogram, slot_count, quantum):
    ends = sorted({-(-length // quantum) * quantum for length, _ in histogram})

    def given(slots):
        return sum(count * min(slot for slot in slots if slot >= length) for length, count in histogram)

    slots = [ends[-1]]
    while len(slots) < min(slot_count, len(ends)):
        slots.append(min((end for end in ends if end not in slots), key=lambda end: given([*slots, end])))
    return sorted(slots)
