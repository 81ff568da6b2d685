"""Exercise 08.3: what does the lock guard?

Edit this file: write the function below (15 lines, about). Save, then check:

    check("08.3")           in the notebook
    refalloc check 08.3     in a terminal

By itself a lock guards nothing. It guards a place in memory if everybody who uses that place holds it then. You get
what happened in a run, in order. Write the test that finds the places which no lock guards, although nothing went
wrong in this run. It is known as the lockset test (S. Savage and others, Eraser, 1997).

An event is [thread, what, thing]: a thread, int; "lock", "unlock", "read" or "write"; the name of a lock or of a place.
A thread may hold several locks at once. A lock is held by one thread at a time.
"""


def unguarded(events):
    """The places that are shared, and guarded by no lock.

    A place is shared if more than one thread uses it (reads or writes) and at least one of them writes. It is guarded
    if there is a lock that was held, at each use of the place, by the thread that used it.

    Args:    events: list of [int, str, str].
    Returns: list of str, names of places, sorted.
    """
    raise NotImplementedError
