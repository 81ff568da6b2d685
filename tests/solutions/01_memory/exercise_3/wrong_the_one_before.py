# fails with: first_overlap(log=[['alloc', 0, 9], ['alloc', 16, 8], ['alloc', 8, 8]]) gave -1; expected 2. The new block starts inside a live one, and ends after it.


def first_overlap(log):
    for number in range(1, len(log)):
        before, now = log[number - 1], log[number]
        if before[0] == "alloc" and now[0] == "alloc":
            if before[1] < now[1] + now[2] and now[1] < before[1] + before[2]:
                return number
    return -1
