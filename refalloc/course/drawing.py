"""Pictures of memory as lines of text: for a terminal, a screen reader, a page. A check shows one below its message."""

COLUMNS = 48
WORD_LEN = 8  # bytes
LIST_SHOWN = 6  # slots of a free list


def bars(rows, show=str):
    """Pieces of memory, one below the other, on one ruler.

    Args:    rows: list of (name, start, end), addresses, end not included; show: function that writes an address.
    Returns: list of str; [] when no piece has a byte.
    """
    rows = [row for row in rows if row[2] > row[1]]
    if not rows:
        return []
    low, high = min(start for _, start, _ in rows), max(end for _, _, end in rows)
    scale = 1
    while high - low > scale * COLUMNS:
        scale *= 2
    width = max(len(name) for name, _, _ in rows)
    lines = [f"from {show(low)} to {show(high)}, a column is {scale} byte{'s' * (scale > 1)}:"]
    for name, start, end in rows:
        first, last = (start - low) // scale, -(-(end - low) // scale)
        lines.append(f"{name:{width}} |{' ' * first}{'#' * (last - first)}")
    return lines


def chain(name, front, load, show):
    """A free list: "frees -> slot -> slot -> 0".

    Args:    front: int, the first address; load: function of an address, the link there, None where none can be read;
             show: function that writes an address.
    Returns: str.
    """
    shown, addr = [name], front
    while type(addr) is int and addr != 0 and len(shown) <= LIST_SHOWN:
        shown.append(show(addr).partition(",")[0])  # without the remark on an address that lies nowhere
        addr = load(addr)
    shown.append("..." if len(shown) > LIST_SHOWN and addr != 0 else "?" if type(addr) is not int else show(addr))
    return " -> ".join(shown)


def words(rows):
    """Bytes of memory, a letter each and a stroke between words; a byte that is no letter is a dot.

    Args:    rows: list of (name, bytes), one below the other, all from the start of a word on.
    Returns: list of str.
    """
    width = max(len(name) for name, _ in rows)
    lines = []
    for name, data in rows:
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
        parts = (text[start : start + WORD_LEN] for start in range(0, len(text), WORD_LEN))
        lines.append(f"{name:{width}} |{'|'.join(parts)}|")
    return lines


def slots(name, count, used, mark=None):
    """A slab, a letter for each slot: x handed out, . not, ? the one that is meant.

    Args:    count: int; used: iterable of int, numbers of slots; mark: int or None.
    Returns: str.
    """
    letters = ["."] * count
    for number in used:
        letters[number] = "x"
    if mark is not None:
        letters[mark] = "?"
    return f"{name} |{''.join(letters)}|"
