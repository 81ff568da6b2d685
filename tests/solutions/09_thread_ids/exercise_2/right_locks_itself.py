def free_all(heap, addrs, size_class, link_offset):
    addrs = addrs[::-1]
    for number in range(len(addrs) - 1):
        heap.store(addrs[number] + link_offset, addrs[number + 1])
    index = heap.thread_index
    while not heap.try_lock(heap.lanes[index]):
        index = (index + 1) % len(heap.lanes)
    heap.set_thread_index(index)
    lane = heap.lanes[heap.thread_index]
    if addrs:
        heap.store(addrs[-1] + link_offset, lane.frees[size_class])
        lane.frees[size_class] = addrs[0]
    heap.unlock(lane)
