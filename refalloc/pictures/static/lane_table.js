/** The LaneTable widget: lanes with their cache lines, and the threads that go round them. */

import { element, keepKeys, setText, tablesOf } from "./dom.js";
import { KIND, PROLOGUE } from "./events.js";
import { oneOfMany, watchTheme } from "./palette.js";
import { renderRecorded } from "./recorded.js";
import { Transport } from "./transport.js";
import { sendLater } from "./traits.js";
import * as story from "./story.js";

const PAIRS_PER_LINE = 4; // next_addr and frees of a class lie side by side: 16 bytes of a cache line of 64
const FIELD_KINDS = new Set([KIND.READ_FREES, KIND.WRITE_FREES, KIND.READ_NEXT_ADDR, KIND.WRITE_NEXT_ADDR]);

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
    this.lanes = Array.from({ length: timeline.laneCount }, (_, lane) => this._lane(lane));
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
      element("p", { class: "rf-faint" },
        "A row is a cache line of 64 bytes. n4 is next_addrs[4], f4 is frees[4]; 2+0x80 is 0x80 bytes into slab 2. " +
        "T1 stands at the lane that thread 1 tries first, and is filled while it holds a lock."),
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
    this.resize = new ResizeObserver(() => this.placeTokens());
    this.resize.observe(this.board);
    this.onEvent();
  }

  /** @param {number} lane */
  _lane(lane) {
    const lock = element("td", { colspan: 2, class: "rf-word" });
    const failed = element("td", { colspan: 6, class: "rf-word rf-faint" });
    const words = this.timeline.slotSizes.map(() => [element("td", { class: "rf-word" }), element("td", { class: "rf-word" })]);
    const table = element("table", { class: "rf-lines", role: "presentation" }, element("tr", {}, lock, failed));
    for (let first = 0; first < words.length; first += PAIRS_PER_LINE) {
      table.append(element("tr", {}, ...words.slice(first, first + PAIRS_PER_LINE).flat()));
    }
    const dock = element("div", { class: "rf-dock" });
    const root = element("section", { class: "rf-lane", "aria-label": `lane ${lane}` },
      element("h3", {}, `Lane ${lane}`), dock, table);
    return { root, dock, lock, failed, words };
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
    this.lanes.forEach((_, lane) => this._fillLane(lane, n));
    this.placeTokens();
    this.tables.fill();
    if (this.model.get("event") !== n) {
      this.model.set("event", n);
      this.send();
    }
  }

  /** @param {number} lane @param {number} n */
  _fillLane(lane, n) {
    const { timeline } = this;
    const { kind, lane: lanes, sizeClass } = timeline.recording;
    const { root, lock, failed, words } = this.lanes[lane];
    const holder = timeline.lockedBy(lane);
    const isHere = lanes[n] === lane;
    setText(lock, holder === null ? "lock: free" : holder === PROLOGUE ? "lock: held" : `lock: held by T${holder}`);
    lock.classList.toggle("rf-touched", isHere && (kind[n] === KIND.TRY_LOCK || kind[n] === KIND.UNLOCK));
    root.classList.toggle("rf-locked", holder !== null);
    const tries = timeline.failedTries(lane);
    setText(failed, tries === 0 ? "" : `${story.count(tries)} ${tries === 1 ? "try" : "tries"} failed`);
    words.forEach(([nextAddr, frees], c) => {
      const isTouched = isHere && FIELD_KINDS.has(kind[n]) && sizeClass[n] === c;
      const isFrees = kind[n] === KIND.READ_FREES || kind[n] === KIND.WRITE_FREES;
      this._fillWord(nextAddr, `n${c}`, timeline.nextAddr(lane, c), isTouched && !isFrees);
      this._fillWord(frees, `f${c}`, timeline.frees(lane, c), isTouched && isFrees);
    });
  }

  /** @param {HTMLElement} word @param {string} name @param {number} addr @param {boolean} isTouched */
  _fillWord(word, name, addr, isTouched) {
    setText(word, addr === 0 ? name : `${name} ${this._short(addr)}`);
    word.classList.toggle("rf-set", addr !== 0);
    word.classList.toggle("rf-touched", isTouched);
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
    const docks = this.lanes.map(({ dock }) => dock.getBoundingClientRect());
    const held = new Set(this.lanes.map((_, lane) => this.timeline.lockedBy(lane)));
    const places = docks.map(() => 0);
    for (const { thread, root } of this.tokens) {
      const lane = this.timeline.threadIndex(thread);
      const dock = docks[lane];
      if (dock === undefined) continue; // an index that leads to no lane: the table tells it
      const x = dock.left - board.left + places[lane]++ * 40;
      root.style.transform = `translate(${x}px, ${dock.top - board.top}px)`;
      root.classList.toggle("rf-holds", held.has(thread));
    }
  }

  dispose() {
    this.model.off("change:event", this.onModelEvent);
    this.send.cancel();
    this.unwatch();
    this.resize.disconnect();
    this.transport.dispose();
  }
}

export default { render: renderRecorded(LaneTable) };
