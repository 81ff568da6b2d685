"""Exercise 12.1: your allocator.

Edit this file: write the functions below, and as many others and constants as you like (70 lines, about). Save, then
check:

    check("12.1")           in the notebook
    refalloc check 12.1     in a terminal

From here on nothing is given but the heap, and how you do it is yours. What your allocator must keep:

    1. A block is memory of your own mappings, at a multiple of 1 << align_log2, and apart from all other live blocks.
       What its owner wrote stays there until it is freed or resized.
    2. A block of at most 2048 bytes, aligned to 16 bytes or less, comes from a slab. Slabs are 32 KiB long (not 64!).
       All blocks of a slab are of one size class: resize from the length of one to that of another says True.
    3. A slot is at most half as long again as the block in it, the block's length rounded up to 16 bytes: a block of 65
       bytes counts as 80, and gets a slot of at most 120.
    4. A block of 32 KiB or more is a mapping of its own, given back when it is freed. Between 2048 bytes and 32 KiB,
       and for larger alignments, do as you like.
    5. Freed slots are used again, whichever lane they lie in: while no more is live than before, in the same lengths,
       memory does not grow without end.
    6. Threads may call your functions at the same time, more of them than there are lanes. No deadlock, no race.
    7. It is good: at most 1.5 times the memory and 4 times the steps of refalloc's own on the heap calls of real
       programs. A step is a word, a field of a lane, a lock or the thread index that you read or write; a call of map,
       unmap or remap counts as 250.

You may use heap.lanes, with lane.next_addrs[c] and lane.frees[c] for c from 0 to 63; heap.thread_index and
heap.set_thread_index(i); heap.try_lock(lane) and heap.unlock(lane); heap.load(addr) and heap.store(addr, word);
heap.map(length, align_log2), heap.unmap(addr, length), heap.remap(addr, length, new_length, may_move).

In lesson 13 this file becomes machine code, as it stands. So keep all state on the heap, and compute with whole
numbers: no lists, dicts or classes, no `/`, no None. 0 stands for "no address". Of tuples, only a table of whole
numbers at the top of the file, as SLOTS = (16, 32, 48), may be indexed; in machine code no index is checked.
"""

NAME = ""  # what you are called on the class's leaderboard


def alloc(heap, length, align_log2):
    """Hand out a block.

    Args:    length: int, bytes, 1 or more; align_log2: int, 0 to 16.
    Returns: int, its address; 0 when heap.map gives 0, and then every lane is unlocked, as always on return.
    """
    raise NotImplementedError


def free(heap, addr, length, align_log2):
    """Take a block back. length, align_log2: what it was asked for, or what resize or remap made of it since."""
    raise NotImplementedError


def resize(heap, addr, length, new_length, align_log2):
    """Change a block's length where it is.

    Returns: bool. True: the block has new_length bytes now, and free will be called with that. False: it is as it was.
             True at least where slot and class stay the same.
    """
    raise NotImplementedError


def remap(heap, addr, length, new_length, align_log2):
    """As resize, but a large block may move, with its bytes, to another address.

    Returns: int, its address now; 0 when it is as it was. A block of 32 KiB or more that grows, aligned to a page or
             less, is never left as it was while heap.remap finds a place for it.
    """
    raise NotImplementedError
