# fails with: choose_slots(histogram=[[10, 5], [20, 1], [30, 1]], slot_count=2, quantum=8) gave [10, 30]: every slot must be a multiple of 8


def choose_slots(histogram, slot_count, quantum):
    lengths = [length for length, _ in histogram]
    step = -(-len(lengths) // slot_count)
    return lengths[::-1][::step][::-1]
