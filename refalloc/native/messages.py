"""Lines of text on a file descriptor, put together without memory of the allocator; for compiled code.

A line is written into a buffer of LINE_ROOM bytes that the caller gives, and goes out in one write.
"""

from numba.core import types
from numba.core.typing import signature

from refalloc.native.compiler import compiled
from refalloc.native.words import load_byte, store_byte

LINE_ROOM = 512
STDERR = 2

c_write = types.ExternalFunction("write", signature(types.int64, types.int32, types.int64, types.int64))


@compiled
def put_string(to_addr, string):
    """Copy bytes up to a zero byte. Returns int64, the address behind them."""
    byte = load_byte(string)
    while byte != 0:
        store_byte(to_addr, byte)
        to_addr += 1
        string += 1
        byte = load_byte(string)
    return to_addr


@compiled
def put_number(to_addr, number, base):
    """Write a number of 0 or more in base 10 or 16. Returns int64, the address behind it."""
    power = 1
    while number // power >= base:
        power *= base
    while power > 0:
        digit = number // power % base
        store_byte(to_addr, digit + (48 if digit < 10 else 87))
        to_addr += 1
        power //= base
    return to_addr


@compiled
def put_address(to_addr, addr):
    """Write 16 or fewer hexadecimal digits after 0x. Returns int64, the address behind them."""
    store_byte(to_addr, 48)
    store_byte(to_addr + 1, 120)
    to_addr += 2
    shift = 60
    while shift > 0 and (addr >> shift) & 15 == 0:
        shift -= 4
    while shift >= 0:
        digit = (addr >> shift) & 15
        store_byte(to_addr, digit + (48 if digit < 10 else 87))
        to_addr += 1
        shift -= 4
    return to_addr


@compiled
def write_line(file, start, end):
    """Write start up to end and a newline. A closed descriptor is no one's to report to."""
    store_byte(end, 10)
    c_write(file, start, end + 1 - start)
