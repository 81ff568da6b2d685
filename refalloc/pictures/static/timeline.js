/**
 * The heap after any event of a recording.
 *
 * Design. The heap is a table of cells: a word of memory, a field of a lane, a lock, a mapping, a live block. A cell
 * holds no value but the number of the event that last set it, from which the value is read. So going forward is
 * `cell[w] = event`, and going back is `cell[w] = the event before`, which was looked up once when the recording came:
 * any moment of a million events is some milliseconds away, and no moment is ever copied.
 *
 * The rules are those of refalloc/trace/state.py, which the tests hold this against.
 */

import { KIND, PROLOGUE } from "./events.js";

/** @typedef {import("./events.js").Recording} Recording */

/** Kinds of moments worth finding; story.js has their names. */
export const MARK = { MAPPED: 0, LOCKED: 1, SEARCHED: 2, FAULT: 3 };

export const STATUS = { FRESH: 0, FREE: 1, LIVE: 2, HELD: 3 };

/** Most cells that an event sets, by its kind. */
const CELLS_SET = Object.assign(new Uint8Array(256), {
  [KIND.LOAD]: 1, [KIND.STORE]: 1, [KIND.WRITE_FREES]: 1, [KIND.WRITE_NEXT_ADDR]: 2, [KIND.TRY_LOCK]: 1,
  [KIND.UNLOCK]: 1, [KIND.SET_THREAD_INDEX]: 1, [KIND.READ_THREAD_INDEX]: 1, [KIND.MAP]: 2, [KIND.UNMAP]: 1,
  [KIND.REMAP]: 3, [KIND.CALL_ALLOC]: 1, [KIND.CALL_FREE]: 2, [KIND.CALL_RESIZE]: 1, [KIND.CALL_REMAP]: 1,
  [KIND.RETURN_ALLOC]: 2, [KIND.RETURN_FREE]: 1, [KIND.RETURN_RESIZE]: 2, [KIND.RETURN_REMAP]: 3, [KIND.RAISE]: 1,
});

/** What a recording begins with: what the heap is, and what lies on it already. */
const IN_PROLOGUE = new Set([
  KIND.HEAP, KIND.CLASS, KIND.MAP, KIND.WRITE_NEXT_ADDR, KIND.WRITE_FREES, KIND.STORE, KIND.TRY_LOCK, KIND.RETURN_ALLOC,
]);

/** @typedef {{first: number, before: number}} Stretch slab places without a gap; before: how many lie below, gaps left out */

/** @param {[number, number][]} mapped first and last place of each mapping @returns {Stretch[]} by place */
function stretchesOf(mapped) {
  /** @type {Stretch[]} */
  const stretches = [];
  let end = -1; // the place after the last stretch
  let before = 0;
  for (const [first, last] of mapped.toSorted((a, b) => a[0] - b[0])) {
    if (stretches.length === 0 || first > end) {
      stretches.push({ first, before });
      end = first;
    }
    before += Math.max(0, last + 1 - end);
    end = Math.max(end, last + 1);
  }
  return stretches.length === 0 ? [{ first: 0, before: 0 }] : stretches;
}

/** How many of `sorted` are less than `limit`. @param {number[]} sorted @param {number} limit */
function countUpTo(sorted, limit) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Slots} slots @param {number} slot @param {number} status */
function mark({ status: all, totals }, slot, status) {
  if (slot >= all.length) return; // in what is left over at the end of the slab
  totals[all[slot]]--;
  totals[status]++;
  all[slot] = status;
}

/**
 * @typedef {{addr: number, number: number, length: number, sizeClass: number, slotSize: number}} Slab
 * @typedef {{
 *   status: Uint8Array, lane: Int16Array, asked: Float64Array, since: Int32Array,
 *   blockSlots: Int32Array, blockCells: Int32Array, totals: Int32Array, askedTotal: number,
 *   looks: Uint8Array,
 * }} Slots by slot; lane: of a free one; asked: bytes, of a live one; since: the event that made it free or live, -1
 * when that is not known; blockSlots, blockCells: where blocks ever lay; totals: slots by STATUS; looks: room for the
 * picture's own
 * @typedef {{addr: number, length: number, event: number, thread: number, sizeClass: number}} Block
 */

export class Timeline {
  /** @param {Recording} recording */
  constructor(recording) {
    this.recording = recording;
    this.n = recording.count - 1; // the event after which the heap is shown; to take all in leads to the last
    this.laneCount = 0;
    this.slabLen = 0;
    /** @type {number[]} */ this.slotSizes = [];
    this.base = 0; // the lowest slab place that was ever mapped: all names of addresses count from it
    /** @type {number[]} */ this.threads = []; // in the order of first appearance
    this.prepareFrom = Infinity; // the event from which what no thread made was made to prepare the heap for them
    // Cells by the place of their address in the table of words; -1 for none.
    this.wordCells = new Int32Array(recording.words.length).fill(-1);
    this.blockCells = new Int32Array(recording.words.length).fill(-1);
    /** @type {Map<number, number>} */ this.mappings = new Map(); // address -> cell
    /** @type {Map<number, number>} */ this.classes = new Map(); // address of a mapping -> cell of its class
    /** @type {Map<number, number>} */ this.threadIndexes = new Map();
    /** @type {Map<number, number>} */ this.calls = new Map();
    this._readPrologue();
    const fieldCount = this.laneCount * this.slotSizes.length;
    // Cells of lanes come first: frees, next_addrs, locks.
    this.nextAddrCell = fieldCount;
    this.lockCell = 2 * fieldCount;
    this.cellCount = 2 * fieldCount + this.laneCount;
    let most = 0;
    for (let i = 0; i < recording.count; i++) most += CELLS_SET[recording.kind[i]];
    this.cells = new Int32Array(this.cellCount + most).fill(-1);
    this.writeCount = 0;
    this.writeCell = new Int32Array(most);
    this.writePrevious = new Int32Array(most);
    this.firstWrite = new Int32Array(recording.count + 1); // of each event, into those two
    /** @type {number[]} */ this.allocs = []; // events that call alloc
    this.failedTryEvents = Array.from({ length: this.laneCount }, () => /** @type {number[]} */ ([])); // by lane
    /** @type {Set<number>} */ this.largeAddrs = new Set(); // at which a large block ever was
    /** @type {[number, number][]} */ this.marks = []; // moments worth finding: [event, MARK], by event
    this._taken = new Uint32Array(PROLOGUE + 1); // locks that a thread's call took
    /** @type {[number, number][]} */ this._mapped = []; // first and last place of what was ever mapped
    /** @type {Stretch[]} */ this._stretches = []; // by place
    this._takeInAll();
    /** @type {Map<string, Slots>} */ this._slots = new Map();
    this._seen = new Int32Array(this.cellCount); // the walk that met a word last
    this._walks = 0;
  }

  /** Learn what the heap is: how many lanes it has, how long slabs and slots are. */
  _readPrologue() {
    const { kind, count, thread } = this.recording;
    for (let i = 0; i < count && thread[i] === PROLOGUE; i++) {
      if (kind[i] === KIND.HEAP) {
        this.laneCount = this.recording.value(i);
        this.slabLen = this.recording.length(i);
      } else if (kind[i] === KIND.CLASS) {
        this.slotSizes.push(this.recording.value(i));
      }
    }
    if (this.slabLen === 0) throw new Error("the recording does not say what its heap is; pass it from its first event on");
  }

  /** One pass for all, as each takes some milliseconds of the time to the first picture. */
  _takeInAll() {
    const { kind, count, thread } = this.recording;
    const threads = new Set();
    for (let i = 0; i < count; i++) {
      this.firstWrite[i] = this.writeCount;
      if (thread[i] === PROLOGUE) {
        if (!IN_PROLOGUE.has(kind[i])) this.prepareFrom = Math.min(this.prepareFrom, i);
      } else if (i === 0 || thread[i] !== thread[i - 1]) threads.add(thread[i]);
      this._takeIn(i);
    }
    this.firstWrite[count] = this.writeCount;
    this.cells = this.cells.slice(0, this.cellCount);
    this.threads = [...threads];
    this._stretches = stretchesOf(this._mapped);
    this.base = this._stretches[0].first * this.slabLen;
  }

  /** @param {number} i @param {number} cell */
  _write(i, cell) {
    this.writeCell[this.writeCount] = cell;
    this.writePrevious[this.writeCount++] = this.cells[cell];
    this.cells[cell] = i;
  }

  /** @param {Map<number, number>} index @param {number} key */
  _cell(index, key) {
    let cell = index.get(key);
    if (cell === undefined) {
      cell = this.cellCount++;
      index.set(key, cell);
    }
    return cell;
  }

  /** @param {Int32Array} index @param {number} place */
  _cellAt(index, place) {
    if (index[place] === -1) index[place] = this.cellCount++;
    return index[place];
  }

  /** @param {number} i */
  _takeIn(i) {
    const r = this.recording;
    const thread = r.thread[i];
    const field = r.lane[i] * this.slotSizes.length + r.sizeClass[i];
    switch (r.kind[i]) {
      case KIND.LOAD:
      case KIND.STORE:
        return this._write(i, this._cellAt(this.wordCells, r.addrPlace[i]));
      case KIND.WRITE_FREES:
        return this._write(i, field);
      case KIND.WRITE_NEXT_ADDR:
        this._write(i, this.nextAddrCell + field);
        return this._learnClass(i);
      case KIND.TRY_LOCK:
        return this._tryLock(i, thread);
      case KIND.UNLOCK:
        return this._write(i, this.lockCell + r.lane[i]);
      case KIND.SET_THREAD_INDEX:
      case KIND.READ_THREAD_INDEX:
        return this._write(i, this._cell(this.threadIndexes, thread));
      case KIND.MAP:
        if (r.addr(i) !== 0) this._map(i, r.addr(i), r.length(i));
        if (r.length(i) === this.slabLen && thread !== PROLOGUE) this.marks.push([i, MARK.MAPPED]);
        return undefined;
      case KIND.UNMAP:
        return this._write(i, this._cell(this.mappings, r.addr(i)));
      case KIND.REMAP:
        if (r.value(i) === 0) return undefined;
        if (r.value(i) !== r.addr(i)) this._write(i, this._cell(this.mappings, r.addr(i)));
        return this._map(i, r.value(i), r.newLength(i));
      case KIND.CALL_ALLOC:
        this.allocs.push(i);
        return this._call(i, thread);
      case KIND.CALL_FREE:
        this._write(i, this._cellAt(this.blockCells, r.addrPlace[i]));
        return this._call(i, thread);
      case KIND.CALL_RESIZE:
      case KIND.CALL_REMAP:
        return this._call(i, thread);
      case KIND.RAISE:
        this.marks.push([i, MARK.FAULT]);
        return this._write(i, this._cell(this.calls, thread));
      case KIND.RETURN_FREE:
        return this._write(i, this._cell(this.calls, thread));
      case KIND.RETURN_ALLOC:
      case KIND.RETURN_RESIZE:
      case KIND.RETURN_REMAP:
        return this._return(i, thread);
    }
    return undefined;
  }

  /** @param {number} i @param {number} thread */
  _call(i, thread) {
    this._taken[thread] = 0;
    this._write(i, this._cell(this.calls, thread));
  }

  /** @param {number} i @param {number} thread */
  _tryLock(i, thread) {
    const lane = this.recording.lane[i];
    if (this.recording.value(i) === 0) {
      this.failedTryEvents[lane].push(i);
      this.marks.push([i, MARK.LOCKED]);
      return;
    }
    this._write(i, this.lockCell + lane);
    if (++this._taken[thread] > 1) this.marks.push([i, MARK.SEARCHED]);
  }

  /** @param {number} i @param {number} addr @param {number} length */
  _map(i, addr, length) {
    this._mapped.push([Math.floor(addr / this.slabLen), Math.floor((addr + length - 1) / this.slabLen)]);
    this._write(i, this._cell(this.mappings, addr));
    this._write(i, this._cell(this.classes, addr));
  }

  /** @param {number} i @param {number} thread */
  _return(i, thread) {
    const r = this.recording;
    this._write(i, this._cell(this.calls, thread));
    const isAlloc = r.kind[i] === KIND.RETURN_ALLOC;
    if (isAlloc ? r.addr(i) === 0 : r.value(i) === 0) return;
    this._write(i, this._cellAt(this.blockCells, r.addrPlace[i]));
    const isRemap = r.kind[i] === KIND.RETURN_REMAP;
    if (isRemap && r.value(i) !== r.addr(i)) this._write(i, this._cellAt(this.blockCells, r.valuePlace[i]));
    if (r.sizeClass[i] >= this.slotSizes.length) this.largeAddrs.add(isRemap ? r.value(i) : r.addr(i));
  }

  /** A slab's class is learnt from the next_addr that points into it, at most to its end. @param {number} i */
  _learnClass(i) {
    const value = this.recording.value(i);
    if (value === 0) return;
    const sizeClass = this.recording.sizeClass[i];
    let slab = Math.floor((value - 1) / this.slabLen) * this.slabLen;
    if (!this.mappingAt(slab) || ![-1, sizeClass].includes(this.classOf(slab))) slab = value;
    const isTold = this.isBegun(slab) && this.classOf(slab) === sizeClass;
    if (this.mappingAt(slab) && !isTold) this._write(i, this._cell(this.classes, slab));
  }

  /** Go to the moment after event `n`. @param {number} n -1 to count - 1 */
  seek(n) {
    const { cells, firstWrite, writeCell, writePrevious } = this;
    if (n > this.n) {
      for (let i = this.n + 1; i <= n; i++) {
        for (let w = firstWrite[i]; w < firstWrite[i + 1]; w++) cells[writeCell[w]] = i;
      }
    } else {
      for (let w = firstWrite[this.n + 1] - 1; w >= firstWrite[n + 1]; w--) cells[writeCell[w]] = writePrevious[w];
    }
    this.n = n;
  }

  /** Events of the block at `addr`, newest first, as far as `this.n`. @param {number} addr @param {number} most */
  history(addr, most) {
    const cell = this._cellOf(this.blockCells, addr);
    const events = [];
    let event = cell === -1 ? -1 : this.cells[cell];
    while (event !== -1 && events.length < most) {
      events.push(event);
      let w = this.firstWrite[event];
      while (this.writeCell[w] !== cell) w++;
      event = this.writePrevious[w];
    }
    return events;
  }

  // Lanes

  /** @param {number} lane @param {number} sizeClass */
  frees(lane, sizeClass) {
    const event = this.cells[lane * this.slotSizes.length + sizeClass];
    return event === -1 ? 0 : this.recording.value(event);
  }

  /** @param {number} lane @param {number} sizeClass */
  nextAddr(lane, sizeClass) {
    const event = this.cells[this.nextAddrCell + lane * this.slotSizes.length + sizeClass];
    return event === -1 ? 0 : this.recording.value(event);
  }

  /** The thread that holds a lane's lock, null for none. @param {number} lane */
  lockedBy(lane) {
    const event = this.cells[this.lockCell + lane];
    return event === -1 || this.recording.kind[event] === KIND.UNLOCK ? null : this.recording.thread[event];
  }

  /** Tries of a lane's lock that failed, up to now. @param {number} lane */
  failedTries(lane) {
    return countUpTo(this.failedTryEvents[lane], this.n + 1);
  }

  /** thread_index of a thread: 0 until it sets one. @param {number} thread */
  threadIndex(thread) {
    const cell = this.threadIndexes.get(thread);
    const event = cell === undefined ? -1 : this.cells[cell];
    return event === -1 ? 0 : this.recording.value(event);
  }

  /** The event of the call that a thread is in, -1 for none. @param {number} thread */
  callOf(thread) {
    const cell = this.calls.get(thread);
    const event = cell === undefined ? -1 : this.cells[cell];
    if (event === -1) return -1;
    const kind = this.recording.kind[event];
    return kind === KIND.CALL_ALLOC || kind === KIND.CALL_FREE || kind === KIND.CALL_RESIZE || kind === KIND.CALL_REMAP
      ? event
      : -1;
  }

  /** The cell of an address, -1 for none. @param {Int32Array} index @param {number} addr */
  _cellOf(index, addr) {
    const place = this.recording.placeOf(addr);
    return this.recording.words[place] === addr ? index[place] : -1;
  }

  /** The link in the word at `addr`. @param {number} addr */
  link(addr) {
    const cell = this._cellOf(this.wordCells, addr);
    const event = cell === -1 ? -1 : this.cells[cell];
    return event === -1 ? 0 : this.recording.value(event);
  }

  /**
   * Call `visit` with each address of a free list and the event that set its link (-1 for none), first to last; a list
   * that comes back to itself ends there.
   * @param {number} lane @param {number} sizeClass @param {(addr: number, event: number) => void} visit
   */
  walk(lane, sizeClass, visit) {
    const { wordCells, cells, _seen: seen } = this;
    const { words, valuePlace } = this.recording;
    const walk = ++this._walks;
    const head = cells[lane * this.slotSizes.length + sizeClass];
    let place = head === -1 ? -1 : valuePlace[head];
    while (place !== -1 && words[place] !== 0) {
      const cell = wordCells[place];
      if (cell !== -1 && seen[cell] === walk) return;
      if (cell !== -1) seen[cell] = walk;
      const event = cell === -1 ? -1 : cells[cell];
      visit(words[place], event);
      place = event === -1 ? -1 : valuePlace[event];
    }
  }

  /** @param {number} lane @param {number} sizeClass @returns {number[]} */
  freeList(lane, sizeClass) {
    /** @type {number[]} */
    const addrs = [];
    this.walk(lane, sizeClass, (addr) => addrs.push(addr));
    return addrs;
  }

  // Memory

  /** Length of the mapping that starts at `addr`, 0 for none. @param {number} addr */
  mappingAt(addr) {
    const cell = this.mappings.get(addr);
    const event = cell === undefined ? -1 : this.cells[cell];
    if (event === -1) return 0;
    const r = this.recording;
    if (r.kind[event] === KIND.MAP) return r.length(event);
    return r.kind[event] === KIND.REMAP && r.value(event) === addr ? r.newLength(event) : 0;
  }

  /** The event that told the class of the mapping at `addr`, -1 for none. @param {number} addr */
  _classEvent(addr) {
    const cell = this.classes.get(addr);
    return cell === undefined ? -1 : this.cells[cell];
  }

  /** Class of the slots in the mapping at `addr`, -1 when it is not known to be a slab. @param {number} addr */
  classOf(addr) {
    const event = this._classEvent(addr);
    return event === -1 || this.recording.kind[event] === KIND.REMAP ? -1 : this.recording.sizeClass[event];
  }

  /** Whether a next_addr has pointed into the slab at `addr`. @param {number} addr */
  isBegun(addr) {
    const event = this._classEvent(addr);
    return event !== -1 && this.recording.kind[event] === KIND.WRITE_NEXT_ADDR;
  }

  /** @returns {Slab[]} by address */
  slabs() {
    const slabs = [];
    for (const addr of this.mappings.keys()) {
      const length = this.mappingAt(addr);
      const sizeClass = length === 0 ? -1 : this.classOf(addr);
      if (sizeClass !== -1) {
        slabs.push({ addr, number: this.place(addr), length, sizeClass, slotSize: this.slotSizes[sizeClass] });
      }
    }
    return slabs.sort((a, b) => a.addr - b.addr);
  }

  /**
   * The number of the slab place that an address lies in: places are numbered by address, and those in which nothing was
   * ever mapped are left out, so that numbers are small in a heap with gaps of any width; past the end of what was mapped
   * they go on.
   * @param {number} addr base or more
   */
  place(addr) {
    const place = Math.floor(addr / this.slabLen);
    let index = this._stretches.length - 1;
    while (index > 0 && this._stretches[index].first > place) index--;
    const { first, before } = this._stretches[index];
    return before + place - first;
  }

  /** An address as an offset in the heap, without what place() leaves out. @param {number} addr base or more */
  offset(addr) {
    return this.place(addr) * this.slabLen + (addr % this.slabLen);
  }

  /** The live block at `addr`, null for none. @param {number} addr @returns {Block | null} */
  block(addr) {
    const cell = this._cellOf(this.blockCells, addr);
    const event = cell === -1 ? -1 : this.cells[cell];
    if (event === -1) return null;
    const r = this.recording;
    const isHere = r.kind[event] === KIND.RETURN_REMAP ? r.value(event) === addr : r.kind[event] !== KIND.CALL_FREE;
    if (!isHere) return null;
    const length = r.kind[event] === KIND.RETURN_ALLOC ? r.length(event) : r.newLength(event);
    return { addr, length, event, thread: r.thread[event], sizeClass: r.sizeClass[event] };
  }

  /** Live blocks that are mappings of their own, by address. @returns {Block[]} */
  large() {
    const blocks = [];
    for (const addr of this.largeAddrs) {
      const block = this.block(addr);
      if (block !== null && block.sizeClass >= this.slotSizes.length) blocks.push(block);
    }
    return blocks.sort((a, b) => a.addr - b.addr);
  }

  /** Calls to alloc that begin before event `i`. @param {number} i */
  allocsBefore(i) {
    return countUpTo(this.allocs, i);
  }

  /**
   * The slots of each slab. The arrays are reused: read them before the next call.
   * @param {Slab[]} slabs @returns {Slots[]}
   */
  slots(slabs) {
    const found = slabs.map((slab) => this._emptySlots(slab));
    const byPlace = new Int32Array(1 + Math.max(0, ...slabs.map((slab) => slab.number + 1))).fill(-1);
    slabs.forEach((slab, index) => (byPlace[slab.number] = index));
    for (let lane = 0; lane < this.laneCount; lane++) {
      for (let sizeClass = 0; sizeClass < this.slotSizes.length; sizeClass++) {
        this.walk(lane, sizeClass, (addr, event) => {
          const index = this._slabIndex(slabs, byPlace, addr, sizeClass);
          if (index === -1) return;
          const slot = Math.floor((addr - slabs[index].addr) / slabs[index].slotSize);
          mark(found[index], slot, STATUS.FREE);
          found[index].lane[slot] = lane;
          found[index].since[slot] = event;
        });
      }
    }
    slabs.forEach((slab, index) => this._addLive(slab, found[index]));
    return found;
  }

  /** @param {Slab[]} slabs @param {Int32Array} byPlace @param {number} addr @param {number} sizeClass */
  _slabIndex(slabs, byPlace, addr, sizeClass) {
    const place = this.place(addr);
    for (let p = place; p >= place - 1; p--) { // a slab that is not aligned reaches into the next place
      const index = byPlace[p] ?? -1;
      if (index === -1) continue;
      const slab = slabs[index];
      if (slab.sizeClass === sizeClass && slab.addr <= addr && addr < slab.addr + slab.length) return index;
    }
    return -1;
  }

  /** @param {Slab} slab @returns {Slots} with none free and none live */
  _emptySlots(slab) {
    const count = Math.floor(slab.length / slab.slotSize);
    const key = `${slab.addr}/${count}`;
    let slots = this._slots.get(key);
    if (slots === undefined) {
      slots = {
        status: new Uint8Array(count), lane: new Int16Array(count), asked: new Float64Array(count),
        since: new Int32Array(count), totals: new Int32Array(4), askedTotal: 0,
        looks: new Uint8Array(count), ...this._blocksOf(slab),
      };
      this._slots.set(key, slots);
    }
    const handedOut = this.handedOut(slab);
    slots.status.fill(STATUS.HELD, 0, handedOut).fill(STATUS.FRESH, handedOut);
    slots.totals.fill(0);
    slots.totals[STATUS.HELD] = handedOut;
    slots.totals[STATUS.FRESH] = count - handedOut;
    slots.askedTotal = 0;
    return slots;
  }

  /** How many slots of a slab have been handed out. @param {Slab} slab */
  handedOut(slab) {
    const lane = this.bumpLane(slab);
    if (lane !== -1) return Math.floor((this.nextAddr(lane, slab.sizeClass) - slab.addr) / slab.slotSize);
    return this.isBegun(slab.addr) ? Math.floor(slab.length / slab.slotSize) : 0;
  }

  /** The lane whose next_addr lies in a slab, -1 for none. @param {Slab} slab */
  bumpLane(slab) {
    const before = slab.addr - this.slabLen;
    // Where one slab ends and another begins, a next_addr is the end of the first, which it used up.
    const least = this.mappingAt(before) !== 0 && this.classOf(before) === slab.sizeClass ? 1 : 0;
    for (let lane = 0; lane < this.laneCount; lane++) {
      const offset = this.nextAddr(lane, slab.sizeClass) - slab.addr;
      if (offset >= least && offset < slab.length) return lane;
    }
    return -1;
  }

  /** The slots of a slab in which a block ever lay, and their cells. @param {Slab} slab */
  _blocksOf(slab) {
    const { words, placeOf } = this.recording;
    const blockSlots = [];
    const blockCells = [];
    const end = placeOf.call(this.recording, slab.addr + slab.length);
    for (let place = placeOf.call(this.recording, slab.addr); place < end; place++) {
      const offset = words[place] - slab.addr;
      if (this.blockCells[place] === -1 || offset % slab.slotSize !== 0) continue;
      blockSlots.push(offset / slab.slotSize);
      blockCells.push(this.blockCells[place]);
    }
    return { blockSlots: Int32Array.from(blockSlots), blockCells: Int32Array.from(blockCells) };
  }

  /** @param {Slab} slab @param {Slots} slots */
  _addLive(slab, slots) {
    const { asked, since, blockSlots, blockCells } = slots;
    const { cells, recording: r } = this;
    for (let i = 0; i < blockSlots.length; i++) {
      const event = cells[blockCells[i]];
      if (event === -1) continue;
      const kind = r.kind[event];
      const slot = blockSlots[i];
      if (kind === KIND.CALL_FREE) continue;
      if (kind === KIND.RETURN_REMAP && r.value(event) !== slab.addr + slot * slab.slotSize) continue;
      mark(slots, slot, STATUS.LIVE);
      asked[slot] = kind === KIND.RETURN_ALLOC ? r.length(event) : r.newLength(event);
      since[slot] = event;
      slots.askedTotal += asked[slot];
    }
  }
}
