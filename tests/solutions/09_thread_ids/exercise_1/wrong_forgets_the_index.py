# fails with: 4 lanes, thread index 0, lane 0 taken: take_lane(heap, 1) gave 1, and the thread index is then 0; expected 1. The next time it starts at the lane that it got.
def take_lane(heap, stride):
    index = heap.thread_index
    while not heap.try_lock(heap.lanes[index]):
        index = (index + stride) % len(heap.lanes)
    return index
