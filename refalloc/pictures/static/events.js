/**
 * A recording as the browser holds it: one typed array for each field of an event.
 *
 * It arrives as columns, compressed by zlib; packing.py writes them in the order of COLUMNS. A 64-bit word is two
 * columns of 32 bits, so that an address is an exact number and any other word can still be told bit for bit.
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

/** @type {[string, any][]} widest first, so that every column starts where its type may */
const COLUMNS = [
  ["length", Float64Array], ["newLength", Float64Array],
  ["addrLow", Uint32Array], ["addrHigh", Uint32Array], ["valueLow", Uint32Array], ["valueHigh", Uint32Array],
  ["line", Uint32Array], ["thread", Uint16Array], ["lane", Int16Array],
  ["kind", Uint8Array], ["sizeClass", Int8Array], ["alignLog2", Uint8Array], ["file", Uint8Array],
];
const EVENT_BYTES = COLUMNS.reduce((sum, [, type]) => sum + type.BYTES_PER_ELEMENT, 0);

export class Recording {
  /**
   * @param {ArrayBuffer} buffer the columns, one after the other
   * @param {{files?: string[], names?: string[]}} tables
   */
  constructor(buffer, { files = [], names = [] } = {}) {
    if (buffer.byteLength === 0 || buffer.byteLength % EVENT_BYTES !== 0) {
      throw new Error(`${buffer.byteLength} bytes are no recording: expected ${EVENT_BYTES} for each event; run the cell again`);
    }
    this.count = buffer.byteLength / EVENT_BYTES;
    this.files = files;
    this.names = names;
    /** @type {Record<string, any>} */
    const columns = {};
    let offset = 0;
    for (const [name, type] of COLUMNS) {
      columns[name] = new type(buffer, offset, this.count);
      offset += this.count * type.BYTES_PER_ELEMENT;
    }
    /** @type {Float64Array} */ this.length = columns.length;
    /** @type {Float64Array} */ this.newLength = columns.newLength;
    /** @type {Uint32Array} */ this.addrLow = columns.addrLow;
    /** @type {Uint32Array} */ this.addrHigh = columns.addrHigh;
    /** @type {Uint32Array} */ this.valueLow = columns.valueLow;
    /** @type {Uint32Array} */ this.valueHigh = columns.valueHigh;
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
    return this.addrHigh[i] * 2 ** 32 + this.addrLow[i];
  }

  /** @param {number} i */
  value(i) {
    return this.valueHigh[i] * 2 ** 32 + this.valueLow[i];
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
