def verdict(heap, front, slab, slab_len, slot_len, met=()):
    match front:
        case 0:
            return "sound"
        case _ if front - slab not in range(slab_len):
            return "outside"
        case _ if front not in range(slab, slab + slab_len, slot_len):
            return "between"
        case _ if front in met:
            return "loop"
    return verdict(heap, heap.load(front), slab, slab_len, slot_len, (*met, front))
