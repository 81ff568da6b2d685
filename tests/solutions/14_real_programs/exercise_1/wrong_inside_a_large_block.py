# fails with: usable(table=[-64], chunk_len=64, addr=4) gave 64; expected 0. Only the start of a large block is its address.
def usable(table, chunk_len, addr):
    chunk, offset = divmod(addr, chunk_len)
    if chunk >= len(table):
        return 0
    while table[chunk] == 0 and chunk > 0:
        chunk -= 1
        offset += chunk_len
    entry = table[chunk]
    if entry < 0:
        return -entry if offset < -entry else 0
    if entry == 0 or offset % entry != 0 or offset + entry > chunk_len:
        return 0
    return entry
