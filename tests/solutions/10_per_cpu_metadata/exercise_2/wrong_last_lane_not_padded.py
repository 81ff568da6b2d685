# fails with: table_len(1, 24, 64) gave 80. In memory from 1032 to 1112, lane 0 begins at 1088, and its last line ends at 1152. Lines that hold the end of a lane hold nothing else, those of the last lane too.
def round_up(value, line_len):
    return (value + line_len - 1) & -line_len


def lane_addr(table_addr, index, lane_len, line_len):
    return round_up(table_addr, line_len) + index * round_up(lane_len, line_len)


def table_len(lane_count, lane_len, line_len):
    return line_len - 8 + (lane_count - 1) * round_up(lane_len, line_len) + lane_len
