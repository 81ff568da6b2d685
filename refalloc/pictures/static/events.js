/**
 * A recording as the browser holds it: one typed array for each field of an event.
 *
 * It arrives as columns, compressed by zlib; packing.py writes them in the order of COLUMNS. Addresses, words and lengths
 * are places in one sorted table, so that cells can be looked up by place, without hashing. A number of the table is
 * exact below 2**53, as every address is.
 */

/** Kind of event; the numbers and names of refalloc/trace/events.py, which a test compares. */
export const KINDS = [
  "HEAP", "CLASS", "LOAD", "STORE", "READ_FREES", "WRITE_FREES", "READ_NEXT_ADDR", "WRITE_NEXT_ADDR",
  "READ_THREAD_INDEX", "SET_THREAD_INDEX", "TRY_LOCK", "UNLOCK", "MAP", "UNMAP", "REMAP", "CALL_ALLOC",
  "RETURN_ALLOC", "CALL_FREE", "RETURN_FREE", "CALL_RESIZE", "RETURN_RESIZE", "CALL_REMAP", "RETURN_REMAP", "RAISE",
  "READ_SHARED", "WRITE_SHARED", "SWAP_SHARED", "ACQUIRE", "RELEASE", "THREAD_END",
];

/** @type {Record<string, number>} */
export const KIND = Object.fromEntries(KINDS.map((name, number) => [name, number]));

export const PROLOGUE = 0xffff; // the thread of events that no thread made

const HEAD_BYTES = 8;

/** @type {[string, any][]} widest first, so that every column starts where its type may */
const COLUMNS = [
  ["addrPlace", Uint32Array], ["valuePlace", Uint32Array], ["lengthPlace", Uint32Array], ["newLengthPlace", Uint32Array],
  ["line", Uint32Array], ["thread", Uint16Array], ["lane", Int16Array],
  ["kind", Uint8Array], ["sizeClass", Int8Array], ["alignLog2", Uint8Array], ["file", Uint8Array],
];
const EVENT_BYTES = COLUMNS.reduce((sum, [, type]) => sum + type.BYTES_PER_ELEMENT, 0);

export class Recording {
  /**
   * @param {ArrayBuffer} buffer the counts of events and words, the words, and the columns, one after the other
   * @param {{files?: string[], names?: string[]}} tables
   */
  constructor(buffer, { files = [], names = [] } = {}) {
    const [count, wordCount] = buffer.byteLength < HEAD_BYTES ? [0, 0] : new Uint32Array(buffer, 0, 2);
    const expected = HEAD_BYTES + wordCount * 8 + count * EVENT_BYTES;
    if (count === 0 || buffer.byteLength !== expected) {
      throw new Error(`${buffer.byteLength} bytes are no recording of ${count} events: expected ${expected}; run the cell again`);
    }
    this.count = count;
    this.files = files;
    this.names = names;
    this.words = new Float64Array(buffer, HEAD_BYTES, wordCount);
    /** @type {Record<string, any>} */
    const columns = {};
    let offset = HEAD_BYTES + wordCount * 8;
    for (const [name, type] of COLUMNS) {
      columns[name] = new type(buffer, offset, count);
      offset += count * type.BYTES_PER_ELEMENT;
    }
    /** @type {Uint32Array} */ this.addrPlace = columns.addrPlace;
    /** @type {Uint32Array} */ this.valuePlace = columns.valuePlace;
    /** @type {Uint32Array} */ this.lengthPlace = columns.lengthPlace;
    /** @type {Uint32Array} */ this.newLengthPlace = columns.newLengthPlace;
    /** @type {Uint32Array} */ this.line = columns.line;
    /** @type {Uint16Array} */ this.thread = columns.thread;
    /** @type {Int16Array} */ this.lane = columns.lane;
    /** @type {Uint8Array} */ this.kind = columns.kind;
    /** @type {Int8Array} */ this.sizeClass = columns.sizeClass;
    /** @type {Uint8Array} */ this.alignLog2 = columns.alignLog2;
    /** @type {Uint8Array} */ this.file = columns.file;
  }

  /** @param {number} i */
  addr(i) {
    return this.words[this.addrPlace[i]];
  }

  /** @param {number} i */
  value(i) {
    return this.words[this.valuePlace[i]];
  }

  /** @param {number} i */
  length(i) {
    return this.words[this.lengthPlace[i]];
  }

  /** @param {number} i */
  newLength(i) {
    return this.words[this.newLengthPlace[i]];
  }

  /** How many words are less than `limit`: the place of `limit`, if it is one. @param {number} limit */
  placeOf(limit) {
    let low = 0;
    let high = this.words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.words[middle] < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * @param {ArrayBuffer | DataView | Uint8Array} packed what packing.py made
 * @param {{files?: string[], names?: string[]}} tables
 * @returns {Promise<Recording>}
 */
export async function unpack(packed, tables) {
  const stream = new Blob([/** @type {any} */ (packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
  let buffer;
  try {
    buffer = await new Response(stream).arrayBuffer();
  } catch (error) {
    throw new Error(`the recording arrived damaged (${error}); run the cell again`, { cause: error });
  }
  return new Recording(buffer, tables);
}
