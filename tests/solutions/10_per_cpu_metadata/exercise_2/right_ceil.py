from math import ceil


def lane_addr(table_addr, index, lane_len, line_len):
    addr = table_addr
    while addr % line_len:
        addr += 8
    for _ in range(index):
        addr += ceil(lane_len / line_len) * line_len
    return addr


def table_len(lane_count, lane_len, line_len):
    return max(lane_addr(start, lane_count, lane_len, line_len) - start for start in range(0, line_len, 8))
