"""Exercise 01.2, explained.

The block lies in some whole words: from the one that holds its first byte to the one that holds its last. We read those
and no others, since a word further on may lie in a page that is not there. Put one after another they hold the block,
and addr % 8 bytes before it.

To write, we read the same words, change the bytes that are ours, and write all words back: read, modify, write. The
neighbours' bytes are written too, with what they held. Keep that in mind for the lessons on threads: had a neighbour
changed his bytes between our read and our write, we would undo it.
"""


def words_of(addr, length):
    """The addresses of the words that a block has bytes in."""
    return range(addr - addr % 8, addr + length, 8)


def load_bytes(heap, addr, length, byte_order):
    data = b"".join(heap.load(word).to_bytes(8, byte_order) for word in words_of(addr, length))
    return data[addr % 8 : addr % 8 + length]


def store_bytes(heap, addr, data, byte_order):
    words = words_of(addr, len(data))
    old = bytearray(load_bytes(heap, words.start, 8 * len(words), byte_order))
    old[addr % 8 : addr % 8 + len(data)] = data
    for place, word in enumerate(words):
        heap.store(word, int.from_bytes(old[8 * place : 8 * place + 8], byte_order))
