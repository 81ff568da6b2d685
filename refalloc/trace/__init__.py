"""Record what a heap does, and look at any moment of it."""

from refalloc.trace.events import EVENT, PROLOGUE, EventLog, Kind, Recording, load, save
from refalloc.trace.recorder import record
from refalloc.trace.state import State, Timeline, state_at

__all__ = [
    "EVENT",
    "PROLOGUE",
    "EventLog",
    "Kind",
    "Recording",
    "State",
    "Timeline",
    "load",
    "record",
    "save",
    "state_at",
]
