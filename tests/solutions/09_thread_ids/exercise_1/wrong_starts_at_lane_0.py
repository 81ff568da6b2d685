# fails with: 4 lanes, thread index 1, no lane taken: take_lane(heap, 1) gave 0; expected 1. The search starts at the thread's index.
def take_lane(heap, stride):
    index = 0
    while not heap.try_lock(heap.lanes[index]):
        index = (index + stride) % len(heap.lanes)
    heap.set_thread_index(index)
    return index
