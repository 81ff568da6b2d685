from itertools import count


def take_lane(heap, stride):
    lanes = heap.lanes
    start = heap.thread_index
    for step in count():
        index = (start + step * stride) % len(lanes)
        heap.set_thread_index(index)
        if heap.try_lock(lanes[index]):
            break
    return heap.thread_index
