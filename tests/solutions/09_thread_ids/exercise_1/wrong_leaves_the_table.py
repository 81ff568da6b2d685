# fails with: take_lane(heap=heap, stride=1) raised IndexError: tuple index out of range
def take_lane(heap, stride):
    index = heap.thread_index
    while not heap.try_lock(heap.lanes[index]):
        index = (index + stride)
    heap.set_thread_index(index)
    return index
