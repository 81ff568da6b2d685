"""Exercise 09.1, explained.

The thread's index says where to start. A try that fails is no error and no reason to wait: it says that somebody else
is there, and we look at the next lane. The remainder leads from the end of the table back to its start. The index is
changed last, to the lane that we got, so that next time the first try meets the lane where nobody was.

A stride that has no divisor in common with the number of lanes comes to all of them: 3 in a table of 8 goes 0, 3, 6, 1,
4, 7, 2, 5. Why would one want that? Threads that meet in a lane go different ways only if they go by different strides.
"""


def take_lane(heap, stride):
    index = heap.thread_index
    while not heap.try_lock(heap.lanes[index]):
        index = (index + stride) % len(heap.lanes)
    heap.set_thread_index(index)
    return index
