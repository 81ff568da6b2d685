# fails with: T0 holds lane 0 of 4 until T1 has got one, stride 3: take_lane(heap, stride) gave 1; expected 3.
last = 0


def take_lane(heap, stride):
    global last
    index = last % len(heap.lanes)
    while not heap.try_lock(heap.lanes[index]):
        index = (index + stride) % len(heap.lanes)
    last = index
    return index
