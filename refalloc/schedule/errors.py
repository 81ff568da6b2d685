"""What can be wrong with a use of the stepped machine, as against wrong with the text that it runs."""


class OutsideRunError(RuntimeError):
    """A step on a SteppedHeap, a Shared or a Lock while no run is on."""


class ProgramError(RuntimeError):
    """A program that cannot be simulated: it starts real threads, or loops without ever using the heap."""


class ReplayError(ValueError):
    """A schedule that these programs cannot follow."""


class StuckError(BaseException):
    """Raised by the watch in the middle of a program; its run turns it into a ProgramError."""
