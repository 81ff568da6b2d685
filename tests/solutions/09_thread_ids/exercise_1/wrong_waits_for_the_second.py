# fails with: 4 lanes, thread index 0, lanes 0 and 1 taken: livelock at step 4: T0 waits for lane 1 (held by prepare). A lane that is taken is not waited for: the next one may be free.
def take_lane(heap, stride):
    index = heap.thread_index
    if not heap.try_lock(heap.lanes[index]):
        index = (index + stride) % len(heap.lanes)
        while not heap.try_lock(heap.lanes[index]):
            pass
    heap.set_thread_index(index)
    return index
