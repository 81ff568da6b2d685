# fails with: choose_slots(histogram=[[8, 3], [16, 2], [24, 3], [32, 1]], slot_count=3, quantum=8) gave [8, 16, 24]: no slot holds the longest block, 32 bytes


def choose_slots(histogram, slot_count, quantum):
    common = sorted(histogram, key=lambda row: row[1])[-slot_count:]
    return sorted({-(-length // quantum) * quantum for length, _ in common})
