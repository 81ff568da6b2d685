# fails with: After push of slab + 0, class 0, link_offset 0, with 0 in front: the link, 0 bytes into the slot, is 12297829382473034410, no address near slab; expected 0. Nothing was written there: the link belongs link_offset bytes into the slot.

FREE = {}


def push(heap, lane, size_class, slot, link_offset):
    FREE.setdefault(size_class, []).append(slot)
    lane.frees[size_class] = slot


def pop(heap, lane, size_class, link_offset):
    return FREE[size_class].pop() if FREE.get(size_class) else 0
