# fails with: choose_slots(histogram=[[10, 5], [20, 1], [30, 1]], slot_count=2, quantum=8) gave [16, 24, 32]: those are 3 slots, and 2 are allowed


def choose_slots(histogram, slot_count, quantum):
    return sorted({-(-length // quantum) * quantum for length, _ in histogram})
