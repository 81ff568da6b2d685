# fails with: lane_addr(table_addr=1024, index=0, lane_len=24, line_len=64) gave 1088; expected 1024. What is a multiple of line_len already needs no room more.
def round_up(value, line_len):
    return (value // line_len + 1) * line_len


def lane_addr(table_addr, index, lane_len, line_len):
    return round_up(table_addr, line_len) + index * round_up(lane_len, line_len)


def table_len(lane_count, lane_len, line_len):
    return line_len - 8 + lane_count * round_up(lane_len, line_len)
