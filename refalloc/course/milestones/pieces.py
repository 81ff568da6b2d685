"""A learner's functions of several exercises, in the process of a check, and refalloc's to take the place of each.

What an exercise takes from refalloc by `from refalloc import allocator` comes from the assembly here: realloc of
exercise 07.2 calls the learner's own alloc, free and resize.
"""

from refalloc import allocator
from refalloc.student import ARENA_LEN, StudentHeap

FORWARDED = ("alloc", "free", "resize", "remap", "lock")  # of refalloc.allocator
REFALLOCS = {name: getattr(allocator, name) for name in FORWARDED}  # as they are without Pieces


class Pieces:
    """The learner's functions.

    Args: students: {id of an exercise: student.Student}, of those that are begun; calls: the list that they share.
    """

    def __init__(self, students, calls):
        self.own = students
        self._calls = calls
        self._assembly = None

    def _forward(self, name):
        def forwarded(*args):
            return getattr(self._assembly, name)(*args)

        return forwarded

    @property
    def last_call(self):
        """The latest call of a function of the learner's: str() of it is how it would be written."""
        return self._calls[0]

    def lines_of(self, frames):
        """Those of `frames` (traceback.FrameSummary) that lie in the learner's files: list of str."""
        return [line for student in self.own.values() for line in student.lines_of(frames)]

    def new_heap(self, lane_count=1, kind=StudentHeap):
        """A StudentHeap, or one of a subclass, known to all files, so that messages tell its addresses as offsets."""
        heap = kind(lane_count, ARENA_LEN)
        for student in self.own.values():
            student.adopt(heap)
        return heap

    def assemble(self, make, chosen):
        """An allocator.

        Args:    make: function of {exercise id: its functions as attributes}; returns an object with `alloc` and
                 `free` at least; chosen: ids of the exercises whose functions are to be the learner's.
        Returns: what `make` does. Until the next call, it is what the learner's files have as refalloc's.
        """
        for name in FORWARDED:  # before any of the learner's files is executed, which may take them by name
            setattr(allocator, name, self._forward(name))
        self._assembly = make({piece: self.own[piece] for piece in chosen})
        return self._assembly
