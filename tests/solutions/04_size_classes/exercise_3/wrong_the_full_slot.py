# fails with: worst_length(slots=[16, 32, 48, 64], shortest=16) gave 16; expected 17. A slot that is filled wastes nothing; the worst is one byte more.
import bisect


def waste_percent(lengths, slots):
    asked = sum(lengths)
    given = sum(slots[bisect.bisect_left(slots, length)] for length in lengths)
    return 100 * (given - asked) // asked


def worst_length(slots, shortest):
    def share_after(slot):
        return slots[slots.index(slot) + 1] / slot

    return max((slot for slot in slots[:-1] if slot >= shortest), key=share_after, default=shortest)
