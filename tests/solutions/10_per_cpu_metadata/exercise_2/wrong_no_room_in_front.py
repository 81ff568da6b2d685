# fails with: table_len(1, 24, 64) gave 64. In memory from 1032 to 1096, lane 0 begins at 1088, and its last line ends at 1152. The memory may begin just behind the start of a line.
def round_up(value, line_len):
    return (value + line_len - 1) & -line_len


def lane_addr(table_addr, index, lane_len, line_len):
    return round_up(table_addr, line_len) + index * round_up(lane_len, line_len)


def table_len(lane_count, lane_len, line_len):
    return lane_count * round_up(lane_len, line_len)
