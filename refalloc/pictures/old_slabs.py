"""What a recording tells of a slab too late, or not at all, made known in time.

A recording tells a slab's class by the next_addr that points into it. So a slab that was just mapped is not known for
one yet: its MAP event is given the class that is told next. Of slabs that were used up before recording began no
next_addr tells; but their free slots do, and the blocks that are freed into them. Where one of these gives the class,
the prologue is given the event that would have told it.
"""

import numpy as np

from refalloc.trace import EVENT, PROLOGUE, Kind

_IN_VALUE = [Kind.READ_FREES, Kind.WRITE_FREES]
_IN_ADDR = [Kind.RETURN_ALLOC, Kind.CALL_FREE]
MAP, WRITE_NEXT_ADDR = int(Kind.MAP), int(Kind.WRITE_NEXT_ADDR)  # what a loop over many events compares with


def with_slab_classes(recording):
    """The Recording, with the class of each slab in its MAP event, where that is told before the slab is given back."""
    events = recording.events.copy()
    is_told = np.isin(events["kind"], [Kind.MAP, Kind.UNMAP, Kind.REMAP, Kind.WRITE_NEXT_ADDR])
    slab_len = int(events["length"][0])
    untold: dict[int, int] = {}  # address -> MAP event, of mappings that no next_addr has pointed into
    numbers = np.flatnonzero(is_told)
    columns = [events[name][numbers].tolist() for name in ("kind", "addr", "value", "size_class")]
    for n, kind, addr, value, size_class in zip(numbers.tolist(), *columns, strict=True):
        if kind == MAP:
            untold[addr] = n
        elif kind != WRITE_NEXT_ADDR:
            untold.pop(addr, None)
        elif value != 0:
            slab = (value - 1) // slab_len * slab_len
            found = untold.pop(slab if slab in untold else value, None)
            if found is not None and events["length"][found] == slab_len:
                events["size_class"][found] = size_class
    return recording._replace(events=events)


def with_old_slabs(recording):
    """The Recording, with what tells the class of each slab that it began with, where that can be known.

    Events that are added stand in the prologue, so the numbers of all later events grow by their count.
    """
    events = recording.events
    classes = _classes_of_old_slabs(events)
    if not classes:
        return recording
    slab_len = events["length"][0]
    told = [(slab + slab_len, size_class) for slab, size_class in sorted(classes.items())]
    told += [(0, size_class) for size_class in sorted(set(classes.values()))]  # as if no lane had one yet
    added = np.zeros(len(told), EVENT)
    added["thread"], added["kind"], added["lane"] = PROLOGUE, Kind.WRITE_NEXT_ADDR, 0
    added["value"], added["size_class"] = [list(column) for column in zip(*told, strict=True)]
    place = np.flatnonzero((events["kind"] == Kind.MAP) & (events["thread"] == PROLOGUE))[-1] + 1
    joined = np.concatenate([events[:place], added, events[place:]])
    joined["number"] = np.arange(len(joined))
    return recording._replace(events=joined)


def _classes_of_old_slabs(events):
    """{address: class} of slabs that the recording began with and whose class no next_addr tells at its beginning."""
    slab_len = events["length"][0]
    is_prologue = events["thread"] == PROLOGUE
    is_old = is_prologue & (events["kind"] == Kind.MAP) & (events["length"] == slab_len)
    old = {int(addr) for addr in events["addr"][is_old]}
    known = is_prologue & (events["kind"] == Kind.WRITE_NEXT_ADDR)
    old -= {int(slab) for slab in (events["value"][known] - 1) // slab_len * slab_len}
    if not old:
        return {}
    class_count = np.count_nonzero(events["kind"] == Kind.CLASS)
    addrs, classes = _slots_told(events)
    is_small = (classes >= 0) & (classes < class_count) & (addrs != 0)
    is_small[_first_unmap(events, old) :] = False
    slabs, first = np.unique(addrs[is_small] // slab_len * slab_len, return_index=True)
    found = zip(slabs.tolist(), classes[is_small][first].tolist(), strict=True)
    return {slab: size_class for slab, size_class in found if slab in old}


def _slots_told(events):
    """(addresses, classes): for each event the slot of which it tells the class; 0 and -1 where it tells none."""
    kinds = events["kind"]
    addrs = np.where(np.isin(kinds, _IN_VALUE), events["value"], 0)
    addrs = np.where(np.isin(kinds, _IN_ADDR), events["addr"], addrs)
    classes = events["size_class"].astype(int)
    # In the prologue the links of a list follow its head.
    is_link = (kinds == Kind.STORE) & (events["thread"] == PROLOGUE)
    heads = np.maximum.accumulate(np.where(kinds == Kind.WRITE_FREES, np.arange(len(events)), 0))
    addrs = np.where(is_link, events["addr"], addrs)
    return addrs, np.where(is_link, classes[heads], classes)


def _first_unmap(events, slabs):
    """The first event that unmaps one of `slabs`: what is told after it may be of another that lies there."""
    is_unmap = (events["kind"] == Kind.UNMAP) & np.isin(events["addr"], np.array(sorted(slabs), np.uint64))
    return int(np.argmax(is_unmap)) if is_unmap.any() else len(events)
