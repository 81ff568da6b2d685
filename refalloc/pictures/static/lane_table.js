/** The LaneTable widget: lanes with their cache lines, and the threads that go round them. */

import { element, keepKeys, setText, tablesOf, watchRoom } from "./dom.js";
import { KIND, PROLOGUE } from "./events.js";
import { oneOfMany, watchTheme } from "./palette.js";
import { renderRecorded } from "./recorded.js";
import { Transport } from "./transport.js";
import { sendLater } from "./traits.js";
import * as story from "./story.js";

const PAIRS_PER_LINE = 4; // next_addr and frees of a class lie side by side: 16 bytes of a cache line of 64
const FIELD_KINDS = new Set([KIND.READ_FREES, KIND.WRITE_FREES, KIND.READ_NEXT_ADDR, KIND.WRITE_NEXT_ADDR]);

/** Lanes that some event is about, or some thread's index leads to. @param {import("./timeline.js").Timeline} timeline */
export function usedLanes(timeline) {
  const { recording, laneCount } = timeline;
  const isUsed = new Uint8Array(laneCount);
  isUsed[0] = 1;
  for (let i = 0; i < recording.count; i++) {
    if (recording.lane[i] >= 0) isUsed[recording.lane[i]] = 1;
    if (recording.kind[i] === KIND.SET_THREAD_INDEX || recording.kind[i] === KIND.READ_THREAD_INDEX) isUsed[recording.value(i)] = 1;
  }
  return Array.from({ length: laneCount }, (_, lane) => lane).filter((lane) => isUsed[lane] === 1);
}

/** What the lanes that are drawn do not show. @param {import("./timeline.js").Timeline} timeline @param {number} drawn */
export function notes(timeline, drawn) {
  const { laneCount } = timeline;
  const lost = timeline.threads.toSorted((a, b) => a - b)
    .map((thread) => ({ thread, value: timeline.threadIndex(thread) })).filter(({ value }) => value >= laneCount);
  const said = lost.map((values) => story.sentence("lanes.lost", { ...values, last: laneCount - 1 }));
  if (drawn < laneCount) said.push(story.sentence("lanes.unused", { count: laneCount - drawn, lanes: laneCount }));
  return said.join(" ");
}

/** A word of a lane: its name, and below it its value. @param {string} name */
function word(name) {
  const value = element("span", { class: "rf-value" });
  return { root: element("td", { class: "rf-word" }, name, value), value };
}

class LaneTable {
  /** @param {any} model @param {HTMLElement} el @param {import("./timeline.js").Timeline} timeline */
  constructor(model, el, timeline) {
    this.model = model;
    this.timeline = timeline;
    /** @type {import("./timeline.js").Slab[]} */ this.slabs = [];
    this.transport = new Transport(timeline, model.get("event"), () => this.onEvent());
    this.send = sendLater(model, el, () => this.transport.playing === 0);
    this.tables = tablesOf({
      "Lanes and threads": () => story.laneTable(timeline, this.slabs, story.subjectList(timeline, timeline.n).sizeClass),
      Fields: () => story.fieldTable(timeline, this.slabs),
    });
    this.stepLine = element("p", { class: "rf-step" });
    this.whyLine = element("p");
    this.noteLine = element("p", { class: "rf-faint" });
    this.lanes = usedLanes(timeline).map((lane) => this._lane(lane));
    this.tokens = timeline.threads.toSorted((a, b) => a - b).map((thread) => ({
      thread,
      root: element("span", { class: "rf-token", style: `--token: ${oneOfMany(thread)}` }, `T${thread}`),
    }));
    this.board = element("div", { class: "rf-lanes" }, ...this.lanes.map((lane) => lane.root),
      ...this.tokens.map((token) => token.root));
    this.root = element("div", { class: "refalloc" },
      element("div", { class: "rf-head" }, element("strong", {}, model.get("title"))),
      this.transport.root,
      element("div", { class: "rf-told" }, this.stepLine, this.whyLine),
      this.board,
      this.noteLine,
      element("p", { class: "rf-faint" },
        "A row is a cache line of 64 bytes, the lock on one of its own. n4 is next_addrs[4], f4 is frees[4]; 2+0x80 is " +
        "0x80 bytes into slab 2. T1 stands at the lane that thread 1 tries first, and is filled while it holds a lock."),
      this.tables.root);
    keepKeys(this.root);
    el.replaceChildren(this.root);
    this.onModelEvent = () => {
      if (model.get("event") !== this.transport.n) this.transport.goTo(model.get("event"));
    };
    model.on("change:event", this.onModelEvent);
    this.unwatch = watchTheme((theme) => {
      this.root.dataset.theme = theme;
      this.transport.drawMarks(theme);
    });
    this.unwatchRoom = watchRoom(this.board, () => this.placeTokens());
    this.onEvent();
  }

  /** @param {number} index */
  _lane(index) {
    const lock = element("td", { colspan: 2, class: "rf-word" });
    const failed = element("span", { class: "rf-faint" });
    const words = this.timeline.slotSizes.map((_, c) => [word(`n${c}`), word(`f${c}`)]);
    const table = element("table", { class: "rf-lines", role: "presentation" },
      element("tr", {}, lock, element("td", { colspan: 6 })));
    for (let first = 0; first < words.length; first += PAIRS_PER_LINE) {
      table.append(element("tr", {}, ...words.slice(first, first + PAIRS_PER_LINE).flat().map(({ root }) => root)));
    }
    const dock = element("div", { class: "rf-dock" });
    const root = element("section", { class: "rf-lane", "aria-label": `lane ${index}` },
      element("div", { class: "rf-head" }, element("h3", {}, `Lane ${index}`), failed), dock, table);
    return { index, root, dock, lock, failed, words };
  }

  onEvent() {
    const { timeline } = this;
    const { n } = this.transport;
    timeline.seek(n);
    this.slabs = timeline.slabs();
    const said = story.step(timeline, this.slabs, n);
    const why = story.why(timeline, n);
    setText(this.stepLine, `${story.heading(timeline, n)} ${said}`);
    setText(this.whyLine, why);
    this.transport.say(`${said} ${why}`);
    setText(this.noteLine, notes(timeline, this.lanes.length));
    for (const lane of this.lanes) this._fillLane(lane, n);
    this.placeTokens();
    this.tables.fill();
    if (this.model.get("event") !== n) {
      this.model.set("event", n);
      this.send();
    }
  }

  /** @param {ReturnType<LaneTable["_lane"]>} lane @param {number} n */
  _fillLane({ index, root, lock, failed, words }, n) {
    const { timeline } = this;
    const { kind, lane: lanes, sizeClass } = timeline.recording;
    const holder = timeline.lockedBy(index);
    const isHere = lanes[n] === index;
    setText(lock, holder === null ? "lock: free" : holder === PROLOGUE ? "lock: held" : `lock: held by T${holder}`);
    lock.classList.toggle("rf-touched", isHere && (kind[n] === KIND.TRY_LOCK || kind[n] === KIND.UNLOCK));
    root.classList.toggle("rf-locked", holder !== null);
    const tries = timeline.failedTries(index);
    setText(failed, tries === 0 ? "" : `${story.count(tries)} ${tries === 1 ? "try" : "tries"} failed`);
    words.forEach(([nextAddr, frees], c) => {
      const isTouched = isHere && FIELD_KINDS.has(kind[n]) && sizeClass[n] === c;
      const isFrees = kind[n] === KIND.READ_FREES || kind[n] === KIND.WRITE_FREES;
      this._fillWord(nextAddr, timeline.nextAddr(index, c), isTouched && !isFrees);
      this._fillWord(frees, timeline.frees(index, c), isTouched && isFrees);
    });
  }

  /** @param {ReturnType<typeof word>} word @param {number} addr @param {boolean} isTouched */
  _fillWord({ root, value }, addr, isTouched) {
    setText(value, addr === 0 ? "0" : this._short(addr));
    root.classList.toggle("rf-set", addr !== 0);
    root.classList.toggle("rf-touched", isTouched);
  }

  /** @param {number} addr */
  _short(addr) {
    const slab = this.slabs.find((s) => s.addr <= addr && addr < s.addr + s.length);
    return slab === undefined ? story.placeOf(this.timeline, this.slabs, addr) : `${slab.number}+${story.hex(addr - slab.addr)}`;
  }

  /** Each token to the dock of its thread's lane; CSS lets it glide. */
  placeTokens() {
    if (!this.root.isConnected) return;
    const board = this.board.getBoundingClientRect();
    const docks = new Map(this.lanes.map(({ index, dock }) => [index, { box: dock.getBoundingClientRect(), tokens: 0 }]));
    const held = new Set(this.lanes.map(({ index }) => this.timeline.lockedBy(index)));
    for (const { thread, root } of this.tokens) {
      const dock = docks.get(this.timeline.threadIndex(thread));
      root.hidden = dock === undefined; // an index that leads to no lane: a note tells it
      if (dock === undefined) continue;
      const x = dock.box.left - board.left + dock.tokens++ * 40;
      root.style.transform = `translate(${x}px, ${dock.box.top - board.top}px)`;
      root.classList.toggle("rf-holds", held.has(thread));
    }
  }

  dispose() {
    this.model.off("change:event", this.onModelEvent);
    this.send.cancel();
    this.unwatch();
    this.unwatchRoom();
    this.transport.dispose();
  }
}

export default { render: renderRecorded(LaneTable) };
