/**
 * What a moment of a recording says, in words and rows: the text under the picture, for the eye and for a screen
 * reader. refalloc/pictures/story.py says the same of the same moment; the tests compare the two. Sentences are data.
 */

import SENTENCES from "./sentences.json" with { type: "json" };
import { KIND, KINDS, PROLOGUE } from "./events.js";
import { STATUS } from "./timeline.js";

/**
 * @typedef {import("./timeline.js").Timeline} Timeline
 * @typedef {import("./timeline.js").Slab} Slab
 * @typedef {import("./timeline.js").Slots} Slots
 * @typedef {{columns: string[], rows: string[][]}} Table
 */

export const LIST_ROWS = 64; // a longer free list is cut here, and its length told
const NO_ADDRESS = 2 ** 53; // and above: a word that is something else
const REFUSABLE = new Set([
  KIND.RETURN_RESIZE, KIND.RETURN_REMAP, KIND.REMAP, KIND.TRY_LOCK, KIND.SWAP_SHARED, KIND.ACQUIRE,
]);

/** @param {string} name @param {Record<string, string | number>} values */
export function sentence(name, values) {
  return /** @type {Record<string, string>} */ (SENTENCES)[name].replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

/** A whole number with commas. @param {number} value */
export function count(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** @param {number} value */
export function hex(value) {
  return `0x${value.toString(16)}`;
}

/** Where an address lies, the same in every run. @param {Timeline} timeline @param {Slab[]} slabs @param {number} addr */
export function placeOf(timeline, slabs, addr) {
  if (addr >= NO_ADDRESS) return SENTENCES["place.none"];
  const slab = slabs.find((s) => s.addr <= addr && addr < s.addr + s.length);
  if (slab !== undefined) return sentence("place.slab", { number: slab.number, offset: hex(addr - slab.addr) });
  return addr >= timeline.base ? sentence("place.heap", { offset: hex(timeline.offset(addr)) }) : hex(addr);
}

/** @param {Timeline} timeline @param {Slab[]} slabs @param {number} addr 0 for none */
export function targetOf(timeline, slabs, addr) {
  return addr === 0 ? SENTENCES.none : placeOf(timeline, slabs, addr);
}

/** Who made event `i`; a thread, or what prepared the heap for them. @param {Timeline} timeline @param {number} i */
export function who(timeline, i) {
  const thread = timeline.recording.thread[i];
  return thread === PROLOGUE ? SENTENCES["who.prepare"] : sentence("who", { thread });
}

/** A count with its noun. @param {number} n @param {string} noun */
export function counted(n, noun) {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** A thread in the middle of a sentence. @param {Timeline} timeline @param {number} thread @param {number} event */
function nameOf(timeline, thread, event) {
  if (thread !== PROLOGUE) return `thread ${thread}`;
  return event < timeline.prepareFrom ? SENTENCES["name.unknown"] : SENTENCES["name.prepare"];
}

/** The step that an event is. @param {Timeline} timeline @param {Slab[]} slabs @param {number} i */
export function step(timeline, slabs, i) {
  if (i === -1) return SENTENCES.before;
  const r = timeline.recording;
  const kind = r.kind[i];
  const isAddrLess = kind === KIND.MAP || kind === KIND.RETURN_ALLOC;
  const isRefused = REFUSABLE.has(kind) ? r.value(i) === 0 : isAddrLess && r.addr(i) === 0;
  const slot = timeline.slotSizes[r.sizeClass[i]];
  const began = `began.${KINDS[kind]}`;
  const isBegun = r.thread[i] !== PROLOGUE || i >= timeline.prepareFrom || !(began in SENTENCES);
  return sentence(isBegun ? KINDS[kind] + (isRefused ? ".refused" : "") : began, {
    who: who(timeline, i), lane: r.lane[i], size_class: r.sizeClass[i], value: r.value(i),
    lanes: counted(r.value(i), "lane"), bytes: counted(r.length(i), "byte"), length: r.length(i), new_length: r.newLength(i), alignment: 2 ** r.alignLog2[i],
    place: placeOf(timeline, slabs, r.addr(i)), target: targetOf(timeline, slabs, r.value(i)),
    class_name: slot === undefined ? SENTENCES["class.large"] : sentence("class", { size_class: r.sizeClass[i], slot }),
    name: r.names[r.addr(i)] ?? "",
  });
}

/** The event's number, and that of its alloc where it begins or ends one. @param {Timeline} timeline @param {number} i */
export function heading(timeline, i) {
  const { kind, thread } = timeline.recording;
  const n = count(i);
  if (kind[i] !== KIND.CALL_ALLOC && kind[i] !== KIND.RETURN_ALLOC) return sentence("heading", { n });
  let call = i;
  while (call >= 0 && !(kind[call] === KIND.CALL_ALLOC && thread[call] === thread[i])) call--;
  if (call === -1) return sentence("heading", { n });
  return sentence("heading.alloc", { n, alloc: count(timeline.allocsBefore(call) + 1) });
}

/** The address that event `i`, or the last before it that is about one, is about; 0 for none. @param {Timeline} timeline @param {number} i */
export function subject(timeline, i) {
  const r = timeline.recording;
  for (let e = i; e >= 0; e--) {
    const kind = r.kind[e];
    const inValue = kind === KIND.READ_FREES || kind === KIND.WRITE_FREES || kind === KIND.READ_NEXT_ADDR;
    const addr = inValue ? r.value(e) : kind < KIND.READ_SHARED ? r.addr(e) : 0;
    if (addr !== 0) return addr;
  }
  return 0;
}

/** The lane and class that event `i`, or the last before it that is about one, is about. @param {Timeline} timeline @param {number} i */
export function subjectList(timeline, i) {
  const { lane, sizeClass, kind } = timeline.recording;
  const isSmall = (/** @type {number} */ e) => sizeClass[e] >= 0 && sizeClass[e] < timeline.slotSizes.length;
  let l = i;
  while (l >= 0 && lane[l] < 0) l--;
  let c = i;
  while (c >= 0 && (kind[c] === KIND.CLASS || !isSmall(c))) c--;
  return { lane: l < 0 ? 0 : lane[l], sizeClass: c < 0 ? 0 : sizeClass[c] };
}

/** Why alloc gave the address that it gave at event `i`, a RETURN_ALLOC; "" for any other. @param {Timeline} timeline @param {number} i */
export function why(timeline, i) {
  const r = timeline.recording;
  if (i < 0 || r.kind[i] !== KIND.RETURN_ALLOC || r.addr(i) === 0) return "";
  if (r.thread[i] === PROLOGUE && i < timeline.prepareFrom) return "";
  const size = { bytes: counted(r.length(i), "byte"), need: r.length(i) === 1 ? "needs" : "need", alignment: 2 ** r.alignLog2[i] };
  const slot = timeline.slotSizes[r.sizeClass[i]];
  if (slot === undefined) return sentence("why.large", size);
  const steps = stepsOfCall(timeline, i);
  const said = [sentence("why.need", { ...size, size_class: r.sizeClass[i], slot })];
  const tries = steps.filter((e) => r.kind[e] === KIND.TRY_LOCK);
  const taken = tries.filter((e) => r.value(e) !== 0).map((e) => r.lane[e]);
  if (taken.length > 0) {
    const [first] = taken;
    const isCollision = r.value(tries[0]) === 0;
    const read = steps.find((e) => r.kind[e] === KIND.READ_THREAD_INDEX);
    const isOwn = read !== undefined && r.value(read) % timeline.laneCount === first;
    const name = isCollision ? "why.collided" : isOwn ? "why.lane.index" : "why.lane";
    said.push(sentence(name, { busy: r.lane[tries[0]], lane: first }));
    for (const lane of taken.slice(1)) said.push(sentence("why.searched", { first, lane }));
  }
  const block = r.addr(i);
  const looks = steps.filter((e) => r.kind[e] === KIND.READ_FREES || r.kind[e] === KIND.READ_NEXT_ADDR);
  const found = looks.find((e) => r.value(e) === block);
  const isMapped = steps.some((e) => r.kind[e] === KIND.MAP && r.addr(e) === block);
  if (isMapped && looks.length === 0) said.push(SENTENCES["why.mapped.alone"]);
  else if (isMapped) said.push(sentence("why.mapped", { lane: r.lane[/** @type {number} */ (looks.at(-1))] }));
  else if (found === undefined) said.push(SENTENCES["why.unknown"]);
  else said.push(sentence(r.kind[found] === KIND.READ_FREES ? "why.popped" : "why.bumped", { lane: r.lane[found] }));
  return said.join(" ");
}

/** Events of the thread's call that returns at event `i`, oldest first. @param {Timeline} timeline @param {number} i */
function stepsOfCall(timeline, i) {
  const r = timeline.recording;
  const steps = [];
  for (let e = i - 1; e >= 0; e--) {
    if (r.thread[e] !== r.thread[i]) continue;
    if (r.kind[e] === KIND.CALL_ALLOC) break;
    steps.push(e);
  }
  return steps.reverse();
}

/** @param {Timeline} timeline @param {Slab[]} slabs @param {Slots[]} slots */
export function summary(timeline, slabs, slots) {
  const large = timeline.large();
  let live = large.length;
  let asked = large.reduce((sum, block) => sum + block.length, 0);
  let given = large.reduce((sum, block) => sum + timeline.mappingAt(block.addr), 0);
  let free = 0;
  slabs.forEach((slab, index) => {
    const { totals, askedTotal } = slots[index];
    live += totals[STATUS.LIVE];
    asked += askedTotal;
    given += totals[STATUS.LIVE] * slab.slotSize;
    free += totals[STATUS.FREE];
  });
  return sentence("summary", {
    n: count(timeline.n), last: count(timeline.recording.count - 1), slabs: counted(slabs.length, "slab"),
    live: counted(live, "live block"), asked: counted(asked, "byte"), given: count(given),
    free: counted(free, "free slot"), large: counted(large.length, "large map"), lanes: counted(timeline.laneCount, "lane"),
  });
}

/** @param {Timeline} timeline @param {Slab[]} slabs @param {Slots[]} slots @returns {Table} */
export function slabTable(timeline, slabs, slots) {
  return {
    columns: ["slab", "class", "slot bytes", "live", "bytes asked for", "free", "handed out", "never handed out", "next_addr"],
    rows: slabs.map((slab, index) => {
      const { totals, askedTotal } = slots[index];
      const lane = timeline.bumpLane(slab);
      const end = timeline.isBegun(slab.addr) ? "used up" : "none yet";
      const bump = lane === -1 ? end : `${hex(timeline.nextAddr(lane, slab.sizeClass) - slab.addr)}, lane ${lane}`;
      return [slab.number, slab.sizeClass, slab.slotSize, totals[STATUS.LIVE], askedTotal, totals[STATUS.FREE],
        totals[STATUS.HELD], totals[STATUS.FRESH], bump].map(String);
    }),
  };
}

/** @param {Timeline} timeline @param {Slab[]} slabs @param {number} lane @param {number} sizeClass @returns {Table} */
export function listTable(timeline, slabs, lane, sizeClass) {
  const addrs = timeline.freeList(lane, sizeClass);
  return {
    columns: ["place in list", "slot", `of ${count(addrs.length)}`],
    rows: addrs.slice(0, LIST_ROWS).map((addr, index) => [
      String(index + 1), placeOf(timeline, slabs, addr), index === 0 ? "next to be handed out" : "",
    ]),
  };
}

/** @param {Timeline} timeline @param {Slab[]} slabs @param {number} sizeClass @returns {Table} */
export function laneTable(timeline, slabs, sizeClass) {
  const threadsAt = timeline.threads.map((thread) => [timeline.threadIndex(thread), thread]);
  return {
    columns: ["lane", "locked by", "threads here", "failed tries", `frees[${sizeClass}]`, `next_addrs[${sizeClass}]`],
    rows: Array.from({ length: timeline.laneCount }, (_, lane) => {
      const holder = timeline.lockedBy(lane);
      const threads = threadsAt.filter(([index]) => index === lane).map(([, thread]) => thread).sort((a, b) => a - b);
      return [
        String(lane), holder === null ? "" : nameOf(timeline, holder, timeline.n), threads.join(", "),
        count(timeline.failedTries(lane)),
        targetOf(timeline, slabs, timeline.frees(lane, sizeClass)),
        targetOf(timeline, slabs, timeline.nextAddr(lane, sizeClass)),
      ];
    }),
  };
}

/** Fields of lanes that hold an address. @param {Timeline} timeline @param {Slab[]} slabs @returns {Table} */
export function fieldTable(timeline, slabs) {
  const rows = [];
  for (let lane = 0; lane < timeline.laneCount; lane++) {
    for (let c = 0; c < timeline.slotSizes.length; c++) {
      const [nextAddr, frees] = [timeline.nextAddr(lane, c), timeline.frees(lane, c)];
      if (nextAddr === 0 && frees === 0) continue;
      rows.push([String(lane), String(c), targetOf(timeline, slabs, nextAddr), targetOf(timeline, slabs, frees)]);
    }
  }
  return { columns: ["lane", "class", "next_addrs", "frees"], rows };
}

/** @param {Timeline} timeline @param {Slab[]} slabs @returns {Table} */
export function largeTable(timeline, slabs) {
  return {
    columns: ["at", "bytes asked for", "bytes mapped", "thread", "since event"],
    rows: timeline.large().map((block) => [
      placeOf(timeline, slabs, block.addr), count(block.length), count(timeline.mappingAt(block.addr)),
      block.thread === PROLOGUE ? nameOf(timeline, block.thread, block.event) : String(block.thread), count(block.event),
    ]),
  };
}

/** One slot in words. @param {Timeline} timeline @param {Slab[]} slabs @param {Slots[]} slots @param {number} s place in `slabs` @param {number} index of the slot */
export function slotSentence(timeline, slabs, slots, s, index) {
  const slab = slabs[s];
  const addr = slab.addr + index * slab.slotSize;
  const status = slots[s].status[index];
  const values = {
    index, number: slab.number, place: `at ${hex(index * slab.slotSize)}`, size_class: slab.sizeClass, slot: slab.slotSize,
  };
  if (status === STATUS.FRESH) return sentence("slot.fresh", values);
  if (status === STATUS.HELD) return sentence("slot.held", values);
  if (status === STATUS.FREE) {
    const target = targetOf(timeline, slabs, timeline.link(addr));
    return sentence("slot.free", { ...values, lane: slots[s].lane[index], target });
  }
  const event = slots[s].since[index];
  const thread = timeline.recording.thread[event];
  const name = thread === PROLOGUE && event < timeline.prepareFrom ? "slot.live.began" : "slot.live";
  return sentence(name, { ...values, asked: slots[s].asked[index], owner: nameOf(timeline, thread, event), event: count(event) });
}

/** Names of moments worth finding, by MARK. */
export const MARKS = ["slab mapped", "lane locked, thread went on", "another lane searched", "fault"];
