def lane_addr(table_addr, index, lane_len, line_len):
    first_line, rest = divmod(table_addr, line_len)
    if rest:
        first_line += 1
    lines_each, rest = divmod(lane_len, line_len)
    if rest:
        lines_each += 1
    return (first_line + index * lines_each) * line_len


def table_len(lane_count, lane_len, line_len):
    worst = 8
    return lane_addr(worst, lane_count, lane_len, line_len) - worst
