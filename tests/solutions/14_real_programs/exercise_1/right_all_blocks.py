def blocks(table, chunk_len):
    for chunk, entry in enumerate(table):
        start = chunk * chunk_len
        if entry < 0:
            yield start, -entry
        elif entry > 0:
            for slot in range(chunk_len // entry):
                yield start + slot * entry, entry


def usable(table, chunk_len, addr):
    chunk = addr // chunk_len
    if not 0 <= chunk < len(table):
        return 0
    near = [0] * chunk + table[chunk : chunk + 1]
    return dict(blocks(near, chunk_len)).get(addr, 0)
