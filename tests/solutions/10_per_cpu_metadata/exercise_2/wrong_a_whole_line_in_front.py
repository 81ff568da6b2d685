# fails with: table_len(lane_count=1, lane_len=24, line_len=64) gave 128; expected 120. It begins at a multiple of 8, and so at most line_len - 8 bytes before the start of a line.
def round_up(value, line_len):
    return (value + line_len - 1) & -line_len


def lane_addr(table_addr, index, lane_len, line_len):
    return round_up(table_addr, line_len) + index * round_up(lane_len, line_len)


def table_len(lane_count, lane_len, line_len):
    return line_len + lane_count * round_up(lane_len, line_len)
