# fails with: T0 holds lane 0 of 4 until T1 has got one, stride 3: take_lane(heap, stride) gave 1; expected 3.
def take_lane(heap, stride):
    index = heap.thread_index
    while not heap.try_lock(heap.lanes[index]):
        index = (index + 1) % len(heap.lanes)
    heap.set_thread_index(index)
    return index
