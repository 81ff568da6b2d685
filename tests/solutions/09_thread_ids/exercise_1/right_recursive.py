def take_lane(heap, stride):
    return from_here(heap, stride, heap.thread_index)


def from_here(heap, stride, index):
    if heap.try_lock(heap.lanes[index]):
        heap.set_thread_index(index)
        return index
    return from_here(heap, stride, (index + stride) % len(heap.lanes))
