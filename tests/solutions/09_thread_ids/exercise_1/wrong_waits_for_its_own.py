# fails with: T0 holds lane 0 of 4 until T1 has got one, stride 1: deadlock at step 28: T0 holds lane 0 and looks at shared lane again and again; T1 waits for lane 0 (held by T0). A lane that is taken is not waited for: the next one may be free.
def take_lane(heap, stride):
    index = heap.thread_index
    while not heap.try_lock(heap.lanes[index]):
        pass
    heap.set_thread_index(index)
    return index
