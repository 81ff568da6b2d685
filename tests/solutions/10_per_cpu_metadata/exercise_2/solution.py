"""Exercise 10.2, explained.

Rounding up to a line is align-up of lesson 02. The start is rounded, and so is the length of a lane, since the next
lane must begin at the start of a line. The rest of a lane's last line stays empty: that is the price, less than a line
for each lane.

The memory begins at a multiple of 8. At worst that is 8 bytes behind the start of a line, and line_len - 8 bytes go to
waste in front. With those, the lanes fit wherever it begins. The last lane keeps the rest of its last line as well, or
else whoever has the memory behind the table would be on it.
"""


def round_up(value, line_len):
    return (value + line_len - 1) & -line_len


def lane_addr(table_addr, index, lane_len, line_len):
    return round_up(table_addr, line_len) + index * round_up(lane_len, line_len)


def table_len(lane_count, lane_len, line_len):
    return line_len - 8 + lane_count * round_up(lane_len, line_len)
