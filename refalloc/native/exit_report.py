"""Statistics of a library when its process ends; to be compiled.

REFALLOC_STATS asks for a line for people, on stderr as it was at the start. REFALLOC_NUMBERS is the path of a file, to
which a line of numbers is added; `refalloc run` sets it, and both can be set.
"""

from numba.core import types
from numba.core.typing import signature

from refalloc.native.checked_blocks import INTERNAL as CHECKED
from refalloc.native.library import (
    FREES,
    LANE_COUNT,
    LARGE_PEAK,
    MALLOCS,
    MODE,
    MODE_CHECK,
    NUMBERS_PATH,
    OWN_CAPACITY,
    PEAK_MAPPED_LEN,
    REALLOCS,
    SLABS,
    STATS_FILE,
    state_word,
)
from refalloc.native.machine import FIELDS_OFFSET, LANE_LEN, ROOM_OFFSET
from refalloc.native.messages import put_number, put_string, write_line
from refalloc.native.words import load_word, string_addr, symbol_addr

_i32, _i64, _void = types.int32, types.int64, types.void
INTERNAL = {"refalloc_end": _void()}

O_WRONLY_CREAT_APPEND = 0o2101

c_open = types.ExternalFunction("open", signature(_i32, _i64, _i32, _i32))
c_close = types.ExternalFunction("close", signature(_i32, _i32))
c_getpid = types.ExternalFunction("getpid", signature(_i32))
check_quarantine = types.ExternalFunction("refalloc_check_quarantine", CHECKED["refalloc_check_quarantine"])


def refalloc_end():
    """Look at the quarantine, and write the statistics that were asked for."""
    if state_word(MODE) & MODE_CHECK != 0:
        check_quarantine()
    if state_word(NUMBERS_PATH) != 0:
        file = c_open(state_word(NUMBERS_PATH), O_WRONLY_CREAT_APPEND, 0o600)
        if file >= 0:
            write_numbers(file)
            c_close(file)
    if state_word(STATS_FILE) != 0:
        write_sentence(state_word(STATS_FILE))


def write_numbers(file):
    start = symbol_addr("refalloc_line")
    end = put_number(start, c_getpid(), 10)
    for number in (
        state_word(MALLOCS),
        state_word(FREES),
        state_word(REALLOCS),
        state_word(SLABS),
        state_word(LARGE_PEAK),
        state_word(PEAK_MAPPED_LEN),
        lanes_used(symbol_addr("refalloc_lanes"), state_word(LANE_COUNT)),
        state_word(LANE_COUNT),
        lanes_used(symbol_addr("refalloc_own_lanes"), OWN_CAPACITY),
    ):
        end = put_number(put_string(end, string_addr(" ")), number, 10)
    write_line(file, start, end)


def write_sentence(file):
    start = symbol_addr("refalloc_line")
    end = put_number(put_string(start, string_addr("refalloc: process ")), c_getpid(), 10)
    end = put_number(put_string(end, string_addr(": ")), state_word(MALLOCS), 10)
    end = put_number(put_string(end, string_addr(" mallocs, ")), state_word(FREES), 10)
    end = put_number(put_string(end, string_addr(" frees, ")), state_word(REALLOCS), 10)
    end = put_number(put_string(end, string_addr(" reallocs; ")), state_word(PEAK_MAPPED_LEN), 10)
    end = put_number(put_string(end, string_addr(" bytes mapped at the peak; ")), state_word(SLABS), 10)
    end = put_number(put_string(end, string_addr(" slabs, at most ")), state_word(LARGE_PEAK), 10)
    used = lanes_used(symbol_addr("refalloc_lanes"), state_word(LANE_COUNT))
    end = put_number(put_string(end, string_addr(" large blocks at once; lanes used: ")), used, 10)
    end = put_number(put_string(end, string_addr(" of ")), state_word(LANE_COUNT), 10)
    own = lanes_used(symbol_addr("refalloc_own_lanes"), OWN_CAPACITY)
    if own != 0:
        end = put_number(put_string(end, string_addr(", and of threads' own: ")), own, 10)
    write_line(file, start, end)


def lanes_used(first_lane, count):
    """How many of `count` lanes have slots of any class, or had before their thread ended. Returns int64."""
    used, lane = 0, first_lane
    for _ in range(count):
        words = 0
        for offset in range(FIELDS_OFFSET, ROOM_OFFSET, 8):
            words |= load_word(lane + offset)
        if words != 0:
            used += 1
        lane += LANE_LEN
    return used
