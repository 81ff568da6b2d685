import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { test } from "node:test";
import { KIND, PROLOGUE, Recording, unpack } from "../../../refalloc/pictures/static/events.js";
import { Timeline, STATUS } from "../../../refalloc/pictures/static/timeline.js";
import { count } from "../../../refalloc/pictures/static/story.js";

const SLAB = 65536;
const FIELDS = [
  ["line", Uint32Array], ["thread", Uint16Array], ["lane", Int16Array], ["kind", Uint8Array], ["sizeClass", Int8Array],
  ["alignLog2", Uint8Array], ["file", Uint8Array],
];

/** What packing.py writes, before it is compressed. */
function packed(events) {
  const columns = ["addr", "value", "length", "newLength"].map((name) => events.map((event) => event[name] ?? 0));
  const words = [...new Set(columns.flat())].sort((a, b) => a - b);
  const parts = [
    Uint32Array.of(events.length, words.length), Float64Array.from(words),
    ...columns.map((column) => Uint32Array.from(column, (word) => words.indexOf(word))),
    ...FIELDS.map(([name, type]) => type.from(events, (event) => event[name] ?? (name === "lane" || name === "sizeClass" ? -1 : 0))),
  ];
  return new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part.buffer)))).buffer;
}

function timelineOf(...events) {
  const prologue = [
    { kind: KIND.HEAP, value: 2, length: SLAB, thread: PROLOGUE },
    { kind: KIND.CLASS, sizeClass: 0, value: 8, thread: PROLOGUE },
    { kind: KIND.CLASS, sizeClass: 1, value: 16, thread: PROLOGUE },
  ];
  return new Timeline(new Recording(packed([...prologue, ...events])));
}

const at = 4 * SLAB;
const life = [
  { kind: KIND.MAP, addr: at, length: SLAB },
  { kind: KIND.WRITE_NEXT_ADDR, lane: 0, sizeClass: 1, value: at + 16 },
  { kind: KIND.RETURN_ALLOC, addr: at, length: 12, sizeClass: 1 },
  { kind: KIND.CALL_FREE, addr: at, length: 12, sizeClass: 1 },
  { kind: KIND.STORE, addr: at, value: 0 },
  { kind: KIND.WRITE_FREES, lane: 1, sizeClass: 1, value: at },
];

function statusAt(timeline, n) {
  timeline.seek(n);
  const slabs = timeline.slabs();
  return slabs.length === 0 ? null : timeline.slots(slabs)[0].status[0];
}

test("a slot is fresh, held, live and free in turn, forward and back", () => {
  const timeline = timelineOf(...life);
  const expected = [null, null, null, null, STATUS.HELD, STATUS.LIVE, STATUS.HELD, STATUS.HELD, STATUS.FREE];
  const order = [...expected.keys(), ...[...expected.keys()].reverse(), 8, 0, 5];
  for (const n of order) assert.equal(statusAt(timeline, n), expected[n], `event ${n}`);
});

test("the history of a block begins with the newest event", () => {
  const timeline = timelineOf(...life);
  timeline.seek(8);
  assert.deepEqual(timeline.history(at, 9), [6, 5]);
});

test("a remap moves a block, and going back brings it home", () => {
  const timeline = timelineOf(
    { kind: KIND.MAP, addr: at, length: 100_000 },
    { kind: KIND.RETURN_ALLOC, addr: at, length: 100_000, sizeClass: 2 },
    { kind: KIND.REMAP, addr: at, value: 8 * SLAB, length: 100_000, newLength: 200_000 },
    { kind: KIND.RETURN_REMAP, addr: at, value: 8 * SLAB, length: 100_000, newLength: 200_000, sizeClass: 2 },
  );
  timeline.seek(6);
  assert.deepEqual(timeline.large().map((block) => [block.addr, block.length]), [[8 * SLAB, 200_000]]);
  assert.equal(timeline.mappingAt(at), 0);
  timeline.seek(4);
  assert.deepEqual(timeline.large().map((block) => [block.addr, block.length]), [[at, 100_000]]);
  assert.equal(timeline.mappingAt(8 * SLAB), 0);
});

test("a failed try leaves the lock with its holder", () => {
  const timeline = timelineOf(
    { kind: KIND.TRY_LOCK, lane: 1, value: 1, thread: 3 },
    { kind: KIND.TRY_LOCK, lane: 1, value: 0, thread: 4 },
    { kind: KIND.UNLOCK, lane: 1, thread: 3 },
  );
  const holders = [3, 4, 5].map((n) => (timeline.seek(n), timeline.lockedBy(1)));
  assert.deepEqual(holders, [3, 3, null]);
});

test("addresses are exact beyond 32 bits", () => {
  const recording = new Recording(packed([{ kind: KIND.STORE, addr: 0x7f8a_0000_0008 }]));
  assert.equal(recording.addr(0), 0x7f8a_0000_0008);
});

test("a recording without its beginning is refused", () => {
  const recording = new Recording(packed([{ kind: KIND.STORE, addr: 8 }]));
  assert.throws(() => new Timeline(recording), /does not say what its heap is/);
});

test("bytes that are no recording are refused", async () => {
  await assert.rejects(unpack(new Uint8Array([1, 2, 3]), {}), /arrived damaged/);
  await assert.rejects(unpack(new Uint8Array(deflateSync(Buffer.alloc(45 * 3 + 1))), {}), /are no recording/);
});

test("numbers have commas", () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(count), ["0", "999", "1,000", "1,234,567"]);
});
