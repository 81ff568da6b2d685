# fails with: lane_addr(table_addr=1024, index=0, lane_len=24, line_len=64) gave 1024.0, a float; give an int back (`//` divides without a fraction)
def round_up(value, line_len):
    return value / line_len * line_len


def lane_addr(table_addr, index, lane_len, line_len):
    return round_up(table_addr, line_len) + index * round_up(lane_len, line_len)


def table_len(lane_count, lane_len, line_len):
    return line_len - 8 + lane_count * round_up(lane_len, line_len)
