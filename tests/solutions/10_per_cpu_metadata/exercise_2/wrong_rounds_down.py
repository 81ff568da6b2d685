# fails with: lane_addr(table_addr=1000, index=0, lane_len=24, line_len=64) gave 960; expected 1024. Before table_addr the memory is somebody else's.
def round_up(value, line_len):
    return (value + line_len - 1) & -line_len


def lane_addr(table_addr, index, lane_len, line_len):
    return table_addr // line_len * line_len + index * round_up(lane_len, line_len)


def table_len(lane_count, lane_len, line_len):
    return line_len - 8 + lane_count * round_up(lane_len, line_len)
