# fails with: choose_slots(histogram=[[10, 5], [20, 1], [30, 1]], slot_count=2, quantum=8) gave [32, 24]: slots must be in ascending order, no two the same


def choose_slots(histogram, slot_count, quantum):
    lengths = [-(-length // quantum) * quantum for length, _ in histogram]
    return sorted(set(lengths), reverse=True)[:slot_count]
