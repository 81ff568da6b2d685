from operator import attrgetter

frees_of = attrgetter("frees")


class Link:
    def __init__(self, heap, slot, link_offset):
        self.heap = heap
        self.addr = sum((slot, link_offset))

    @property
    def following(self):
        return self.heap.load(self.addr)

    @following.setter
    def following(self, slot):
        self.heap.store(self.addr, slot)


def push(heap, lane, size_class, slot, link_offset):
    Link(heap, slot, link_offset).following = frees_of(lane)[size_class]
    frees_of(lane)[size_class] = slot
    return slot


def pop(heap, lane, size_class, link_offset):
    taken = frees_of(lane)[size_class]
    frees_of(lane)[size_class] = Link(heap, taken, link_offset).following if taken else 0
    return taken
