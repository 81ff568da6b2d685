"""The chunk table: one word for each CHUNK_LEN of address space, for compiled code.

Two levels, since the whole would be 32 GiB of addresses, more than `ulimit -v` or a strict kernel may allow: a root of
words, each 0 or the address of a leaf, and leaves of 65,536 entries for 4 GiB each. Of a leaf, only pages with an entry
take memory, one for 32 MiB of chunks. Leaves are never given back. An entry is 0 until it is set.

Behind its entries, a leaf has a record of each chunk, words that a text keeps about its slabs; a page for 4 MiB.

Entries of different chunks may be written by different threads at once; who owns a chunk alone writes its entry.
"""

from refalloc.native.compiler import compiled
from refalloc.native.pages import CHUNK_LOG2, map_pages, unmap_pages
from refalloc.native.words import load_acquire, load_word, replace_word, store_word, unlikely

ADDR_BITS = 48  # of user space on x86-64 and arm64, unless a program asks for more
LEAF_LOG2 = 16
ENTRIES_LEN = 8 << LEAF_LOG2  # bytes
RECORD_LOG2 = 6  # bytes, log2, of a record
LEAF_LEN = ENTRIES_LEN + (1 << LEAF_LOG2 + RECORD_LOG2)
ROOT_COUNT = 1 << (ADDR_BITS - CHUNK_LOG2 - LEAF_LOG2)
ROOT_LEN = 8 * ROOT_COUNT  # bytes


@compiled
def chunk_entry(root_addr, addr):
    """The entry of the chunk that `addr`, any int64, lies in; 0 if none was set. Returns int64."""
    leaf = load_word(root_addr + (addr >> (CHUNK_LOG2 + LEAF_LOG2) & (ROOT_COUNT - 1)) * 8)
    if unlikely(leaf == 0):
        return 0
    return load_word(leaf + (addr >> CHUNK_LOG2 & ((1 << LEAF_LOG2) - 1)) * 8)


@compiled
def set_chunk_entry(root_addr, addr, entry):
    """Set the entry of the chunk at `addr`. Returns bool; False when there is no memory for a leaf."""
    slot = root_addr + (addr >> (CHUNK_LOG2 + LEAF_LOG2) & (ROOT_COUNT - 1)) * 8
    leaf = load_acquire(slot)
    if leaf == 0:
        leaf = map_pages(LEAF_LEN, 0)
        if leaf == 0:
            return False
        if not replace_word(slot, 0, leaf):  # another thread was first
            unmap_pages(leaf, LEAF_LEN)
            leaf = load_acquire(slot)
    store_word(leaf + (addr >> CHUNK_LOG2 & ((1 << LEAF_LOG2) - 1)) * 8, entry)
    return True


@compiled
def record_addr(root_addr, addr):
    """The address of the record of the chunk that `addr` lies in, of which an entry was set once. Returns int64."""
    leaf = load_word(root_addr + (addr >> (CHUNK_LOG2 + LEAF_LOG2) & (ROOT_COUNT - 1)) * 8)
    return leaf + ENTRIES_LEN + ((addr >> CHUNK_LOG2 & ((1 << LEAF_LOG2) - 1)) << RECORD_LOG2)
