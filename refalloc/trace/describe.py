"""One event as a few words, in the allocator's own terms."""

from refalloc.trace.events import Kind


def describe(event, names=(), address=hex):
    """What an event's thread does, as a phrase that goes on after its name.

    Args:    event: one element of an array of EVENT; names: Recording.names.
             address: function that gives an address or word, int, a name.
    Returns: str, such as "reads frees[1] of lane 0: 0x200000040".
    """
    kind = Kind(event["kind"])
    return _PHRASES[kind](_Words(event, names, address))


class _Words:
    """The fields of one event, as words."""

    def __init__(self, event, names, address):
        self.event = event
        self.names = names
        self.name_address = address

    def number(self, field):
        return int(self.event[field])

    @property
    def addr(self):
        return self.name_address(self.number("addr"))

    @property
    def value(self):
        return self.name_address(self.number("value"))

    @property
    def name(self):
        index = self.number("addr")
        return self.names[index] if index < len(self.names) else f"#{index}"

    def field_of_lane(self, field):
        return f"{field}[{self.number('size_class')}] of lane {self.number('lane')}"

    def tries(self, what):
        return f"takes {what}" if self.number("value") else f"finds {what} taken"

    def asked(self):
        return f"{self.number('length')}, {self.number('align_log2')}"

    def relength(self, name):
        return f"{name}({self.addr}, {self.number('length')}, {self.number('new_length')})"

    def result(self, refused):
        return self.value if self.number("value") else refused


_PHRASES = {
    Kind.HEAP: lambda w: f"has {w.number('value')} lanes and slabs of {w.number('length')} bytes",
    Kind.CLASS: lambda w: f"class {w.number('size_class')} has slots of {w.number('value')} bytes",
    Kind.LOAD: lambda w: f"loads {w.addr}: {w.value}",
    Kind.STORE: lambda w: f"stores {w.addr} = {w.value}",
    Kind.READ_FREES: lambda w: f"reads {w.field_of_lane('frees')}: {w.value}",
    Kind.WRITE_FREES: lambda w: f"writes {w.field_of_lane('frees')} = {w.value}",
    Kind.READ_NEXT_ADDR: lambda w: f"reads {w.field_of_lane('next_addrs')}: {w.value}",
    Kind.WRITE_NEXT_ADDR: lambda w: f"writes {w.field_of_lane('next_addrs')} = {w.value}",
    Kind.READ_THREAD_INDEX: lambda w: f"reads its thread_index: {w.number('value')}",
    Kind.SET_THREAD_INDEX: lambda w: f"sets its thread_index = {w.number('value')}",
    Kind.TRY_LOCK: lambda w: w.tries(f"lane {w.number('lane')}"),
    Kind.UNLOCK: lambda w: f"unlocks lane {w.number('lane')}",
    Kind.MAP: lambda w: f"maps {w.number('length')} bytes: {w.addr if w.number('addr') else 'refused'}",
    Kind.UNMAP: lambda w: f"unmaps {w.addr}, {w.number('length')} bytes",
    Kind.REMAP: lambda w: f"remaps {w.addr} to {w.number('new_length')} bytes: {w.result('refused')}",
    Kind.CALL_ALLOC: lambda w: f"calls alloc({w.asked()})",
    Kind.RETURN_ALLOC: lambda w: f"alloc returns {w.addr}",
    Kind.CALL_FREE: lambda w: f"calls free({w.addr}, {w.asked()})",
    Kind.RETURN_FREE: lambda w: "free returns",
    Kind.CALL_RESIZE: lambda w: f"calls {w.relength('resize')}",
    Kind.RETURN_RESIZE: lambda w: f"resize returns {bool(w.number('value'))}",
    Kind.CALL_REMAP: lambda w: f"calls {w.relength('remap')}",
    Kind.RETURN_REMAP: lambda w: f"remap {'returns ' + w.value if w.number('value') else 'refuses'}",
    Kind.RAISE: lambda w: "the call raises",
    Kind.READ_SHARED: lambda w: f"reads {w.name}: {w.value}",
    Kind.WRITE_SHARED: lambda w: f"writes {w.name} = {w.value}",
    Kind.SWAP_SHARED: lambda w: f"{'swaps' if w.number('value') else 'fails to swap'} {w.name}",
    Kind.ACQUIRE: lambda w: w.tries(w.name),
    Kind.RELEASE: lambda w: f"releases {w.name}",
    Kind.THREAD_END: lambda w: "ends",
}
