# fails with: 4 lanes, thread index 0, no lane taken: take_lane(heap, 1) gave 1; expected 0. The thread's own lane, which is free, comes first.
def take_lane(heap, stride):
    index = heap.thread_index
    index = (index + stride) % len(heap.lanes)
    while not heap.try_lock(heap.lanes[index]):
        index = (index + stride) % len(heap.lanes)
    heap.set_thread_index(index)
    return index
