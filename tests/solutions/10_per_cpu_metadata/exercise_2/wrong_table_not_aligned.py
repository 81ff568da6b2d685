# fails with: lane_addr(table_addr=1000, index=0, lane_len=24, line_len=64) gave 1000; expected 1024. The first lane, too, begins at the start of a line.
def round_up(value, line_len):
    return (value + line_len - 1) & -line_len


def lane_addr(table_addr, index, lane_len, line_len):
    return table_addr + index * round_up(lane_len, line_len)


def table_len(lane_count, lane_len, line_len):
    return line_len - 8 + lane_count * round_up(lane_len, line_len)
