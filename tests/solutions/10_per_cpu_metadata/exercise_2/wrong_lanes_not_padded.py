# fails with: lane_addr(table_addr=1024, index=1, lane_len=24, line_len=64) gave 1048; expected 1088. A lane has whole lines for itself: the next one begins at the start of a line.
def round_up(value, line_len):
    return (value + line_len - 1) & -line_len


def lane_addr(table_addr, index, lane_len, line_len):
    return round_up(table_addr, line_len) + index * lane_len


def table_len(lane_count, lane_len, line_len):
    return line_len - 8 + lane_count * round_up(lane_len, line_len)
