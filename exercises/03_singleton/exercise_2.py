"""Exercise 03.2: made once.

Edit this file: write the function below (8 to 12 lines, about). Save, then check:

    check("03.2")           in the notebook
    refalloc check 03.2     in a terminal

A process has one region to allocate from. The first thread that asks for it makes it, and all others get the same. What
all threads share is the heap:

    lane = heap.lanes[0]
    lane.next_addrs[0]      the region's address; 0 as long as there is none. Read it and write it only while you have
                            the lock, as others may be about to.
    heap.try_lock(lane)     takes the lock and gives True; gives False, at once, if another thread has it. To wait for
                            it, try again until it is True.
    heap.unlock(lane)       gives the lock back, which you must do in the end, whatever happens
    heap.map(length, 0)     memory for a region; 0 when the system has none
    heap.store(addr, word)  writes a word

The check runs your function in simulated threads, in every order of their steps.
"""


def the_region(heap, region_len):
    """The address of this process's region, which is made when it is first asked for.

    The first word of a new region is set to its length before any thread gets to know its address.

    Args:    heap: as above; region_len: int, bytes, of the region if it must be made.
    Returns: int; 0 when the system has no memory, and then the next who asks tries again.
    """
    raise NotImplementedError
