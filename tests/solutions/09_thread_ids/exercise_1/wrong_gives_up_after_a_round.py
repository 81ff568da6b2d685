# fails with: 2 threads that take a lane twice, 1 lane: data race at step 4: T0 reads frees[0] of lane 0, which T1 writes; no lock orders the two. That lane is not locked by you: when all are taken, the search goes on round the table.
def take_lane(heap, stride):
    index = heap.thread_index
    for _ in heap.lanes:
        if heap.try_lock(heap.lanes[index]):
            break
        index = (index + stride) % len(heap.lanes)
    heap.set_thread_index(index)
    return index
