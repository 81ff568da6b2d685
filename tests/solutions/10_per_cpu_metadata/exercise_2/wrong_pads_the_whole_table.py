# fails with: table_len(2, 24, 64) gave 120. In memory from 1024 to 1144, lane 1 begins at 1088, and its last line ends at 1152. Each lane is rounded up to whole lines, not the table.
def round_up(value, line_len):
    return (value + line_len - 1) & -line_len


def lane_addr(table_addr, index, lane_len, line_len):
    return round_up(table_addr, line_len) + index * round_up(lane_len, line_len)


def table_len(lane_count, lane_len, line_len):
    return line_len - 8 + round_up(lane_count * lane_len, line_len)
