/** The MemoryMap widget: a recorded heap at any of its moments. */

import { button, choice, element, fillTable, freshId, keepKeys, scrolling, setText, tablesOf } from "./dom.js";
import { HeapView } from "./heap_view.js";
import { TILE, coloursOf, tile, watchTheme } from "./palette.js";
import { SlabView } from "./slab_view.js";
import { KIND } from "./events.js";
import { renderRecorded } from "./recorded.js";
import { STATUS } from "./timeline.js";
import { Transport } from "./transport.js";
import { sendLater } from "./traits.js";
import * as story from "./story.js";

const LIST_SHOWN = 10; // slots of the free list told beside the picture
const CHOICES = "change:lane change:size_class change:colour_by";
const TELL_MS = 200; // between two tellings while events rush by
/** @type {[string, string]} */ const FOLLOWS = ["-1", "where the event is"]; // of the choices of slab, lane and class
const HISTORY = 6; // events of a slot told

/** @type {[import("./palette.js").Texture, string][]} */
const LEGEND = [
  ["live", "live, bytes asked for"], ["spare", "live, given beyond what was asked"], ["free", "free"],
  ["held", "handed out, no block known"], ["fresh", "never handed out"],
];

class MemoryMap {
  /** @param {any} model @param {HTMLElement} el @param {import("./timeline.js").Timeline} timeline */
  constructor(model, el, timeline) {
    this.model = model;
    this.timeline = timeline;
    this.chosenAddr = -1; // of the slab that is shown; -1 for the one that the event is about
    this.selected = -1; // slot
    this.follows = true; // the slab and slot that each event is about
    this.theme = /** @type {import("./palette.js").Theme} */ ("light");
    this.transport = new Transport(timeline, model.get("event"), () => this.onEvent());
    this.send = sendLater(model, el, () => this.transport.playing === 0);
    this.lane = this.sizeClass = 0; // whose free list is shown
    this.followsList = true;
    this.colourBy = /** @type {import("./slab_view.js").ColourBy} */ ("state");
    /** @type {import("./timeline.js").Slab[]} */ this.slabs = [];
    /** @type {import("./timeline.js").Slots[]} */ this.slots = [];
    this.room = ""; // that the canvases had when they were measured
    this.current = -1; // the place in slabs of the one that is shown
    /** @type {number[]} */ this.list = [];
    this.slabChoices = "";
    this.toldAt = -Infinity;
    this.tellTimer = 0;
    this.slabChoice = choice("slab", [FOLLOWS], (value) => this.choose(Number(value)));
    this.laneChoice = choice("lane", [FOLLOWS, ...range(timeline.laneCount)], (value) => this.chooseList("lane", value));
    this.classChoice = choice("class", [FOLLOWS, ...timeline.slotSizes.map(classOption)], (value) =>
      this.chooseList("size_class", value));
    this.colourChoice = choice("colour", ["state", "lane", "class", "thread", "age"].map((by) => [by, by]), (value) => {
      this.model.set("colour_by", value);
      this.send();
    });
    this.tables = this._tables();
    this.heapView = new HeapView();
    this._makeParts();
    this._compose(el);
    this.slabView = new SlabView(this.canvas);
    this.onChoice = () => {
      this.readModel();
      this.onEvent();
    };
    this.onModelEvent = () => {
      if (model.get("event") !== this.transport.n) this.transport.goTo(model.get("event"));
    };
    model.on(CHOICES, this.onChoice);
    model.on("change:event", this.onModelEvent);
    this.unwatch = watchTheme((theme) => this.setTheme(theme));
    this.onChoice();
    this.resize = new ResizeObserver(() => {
      if (!this.measure()) return;
      this.draw();
      this.heapView.reveal(this.current);
    });
    this.resize.observe(this.canvas);
    this.resize.observe(this.heapView.box);
  }

  /** Take in the room that the canvases have, and say whether it is another. */
  measure() {
    this.slabView.measure();
    this.heapView.measure();
    const { slabView: { width, height }, heapView: { room, highest } } = this;
    const before = this.room;
    this.room = [width, height, room, highest, devicePixelRatio].join(" ");
    return this.room !== before;
  }

  _makeParts() {
    this.keys = element("p", { id: freshId(), class: "rf-faint" },
      "Keys: in the map, arrows, Home, End, Page Up and Page Down move between slots. Anywhere here: h head of the free " +
      "list, n next in it; [ and ] slab; + and − zoom; , and . event; space plays.");
    this.canvas = element("canvas", {
      class: "rf-slab", tabindex: 0, role: "application", "aria-roledescription": "memory map",
      "aria-label": "slots of the slab", "aria-describedby": this.keys.id,
    });
    this.detail = element("p", { class: "rf-detail", "aria-live": "polite" });
    this.address = element("p", { class: "rf-faint" });
    this.history = element("ol", { class: "rf-history" });
    this.stepLine = element("p", { class: "rf-step" });
    this.whyLine = element("p", { class: "rf-why" });
    this.sourceLine = element("code", { class: "rf-source" });
    this.summary = element("p", { class: "rf-faint" });
    this.listLine = element("p", { class: "rf-list" });
    this.heading = element("h3");
    this.laneRows = element("table", { class: "rf-table" }, element("caption", {}, "Lanes and threads"));
    this.zoomLine = element("span", { class: "rf-faint" });
    this.legend = element("ul", { class: "rf-legend" });
  }

  /** @param {HTMLElement} el */
  _compose(el) {
    this.root = element("div", { class: "refalloc rf-map" },
      element("div", { class: "rf-head" }, element("strong", {}, this.model.get("title")), this.summary),
      this.transport.root,
      element("div", { class: "rf-told" }, this.stepLine, this.whyLine, this.sourceLine),
      element("div", { class: "rf-bar" }, this.slabChoice.root, this.laneChoice.root, this.classChoice.root,
        this.colourChoice.root, button("−", "zoom out", () => this.zoom(-1)), button("+", "zoom in", () => this.zoom(1)),
        this.zoomLine),
      element("div", { class: "rf-panes" },
        this.heapView.box,
        element("div", { class: "rf-main" }, this.heading, this.canvas, this.legend,
          this.keys),
        element("div", { class: "rf-side" }, scrolling(this.laneRows), this.listLine,
          element("h3", {}, "Slot"), this.detail, this.address, this.history)),
      this.tables.root);
    keepKeys(this.root);
    el.replaceChildren(this.root);
    this.root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.onKey(event));
    this.canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.onHover(event));
    this.canvas.addEventListener("pointerleave", () => this.say());
    this.canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => this.onClick(event));
    this.heapView.canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => {
      const index = this.heapView.slabAt(event.offsetX, event.offsetY, this.slabs.length);
      if (index !== -1) this.choose(this.slabs[index].addr);
    });
  }

  /** The same facts as rows. */
  _tables() {
    return tablesOf({
      Slabs: () => story.slabTable(this.timeline, this.slabs, this.slots),
      "Free list": () => story.listTable(this.timeline, this.slabs, this.lane, this.sizeClass),
      "Lanes and threads": () => story.laneTable(this.timeline, this.slabs, this.sizeClass),
      "Large maps": () => story.largeTable(this.timeline, this.slabs),
    });
  }

  readModel() {
    const { laneCount, slotSizes } = this.timeline;
    this.followsList = this.model.get("lane") === -1 && this.model.get("size_class") === -1;
    this.lane = Math.min(Math.max(this.model.get("lane"), 0), laneCount - 1);
    this.sizeClass = Math.min(Math.max(this.model.get("size_class"), 0), slotSizes.length - 1);
    this.colourChoice.select.value = this.colourBy = this.model.get("colour_by");
  }

  /** @param {"lane" | "size_class"} trait @param {string} value */
  chooseList(trait, value) {
    const chosen = value === FOLLOWS[0]
      ? { lane: -1, size_class: -1 } : { lane: this.lane, size_class: this.sizeClass, [trait]: Number(value) };
    this.model.set("lane", chosen.lane);
    this.model.set("size_class", chosen.size_class);
    this.send();
  }

  /** @param {number} addr of a slab; -1 to follow the events */
  choose(addr) {
    this.chosenAddr = addr;
    this.follows = addr === -1;
    this.selected = -1;
    this.onEvent();
  }

  onEvent() {
    const { n } = this.transport;
    const { timeline } = this;
    timeline.seek(n);
    this.slabs = timeline.slabs();
    this.slots = timeline.slots(this.slabs);
    if (this.followsList) ({ lane: this.lane, sizeClass: this.sizeClass } = story.subjectList(timeline, n));
    if (this.follows) this._follow(n);
    this.current = this.slabs.findIndex((slab) => slab.addr === this.chosenAddr);
    if (this.current === -1 && this.slabs.length > 0) this.current = 0;
    this.list = timeline.freeList(this.lane, this.sizeClass);
    this.show();
    if (this.model.get("event") !== n) {
      this.model.set("event", n);
      this.send();
    }
  }

  /** Show the slab and slot that the event is about. @param {number} n */
  _follow(n) {
    const addr = story.subject(this.timeline, n);
    const slab = this.slabs.find((s) => s.addr <= addr && addr < s.addr + s.length);
    this.chosenAddr = this.selected = -1;
    if (slab === undefined) return;
    this.chosenAddr = slab.addr;
    this.selected = Math.floor((addr - slab.addr) / slab.slotSize);
    this.slabView.reveal(slab, addr - slab.addr);
  }

  /** Draw the moment, and tell it: at once, or, while events rush by, as often as one can read. */
  show() {
    clearTimeout(this.tellTimer);
    const wait = this.toldAt + TELL_MS - performance.now();
    if (wait <= 0) {
      this._showAll();
      return;
    }
    this.draw({ withText: false });
    this.tellTimer = setTimeout(() => this._showAll(), wait);
  }

  _showAll() {
    this.toldAt = performance.now();
    this.draw();
    this.tell();
  }

  tell() {
    const { timeline, slabs, slots } = this;
    const { n } = timeline;
    const said = story.step(timeline, slabs, n);
    setText(this.stepLine, `${story.heading(timeline, n)} ${said}`);
    setText(this.whyLine, story.why(timeline, n));
    setText(this.sourceLine, this._source(n));
    setText(this.summary, story.summary(timeline, slabs, slots));
    this.transport.say(`${said} ${story.why(timeline, n)}`);
    fillTable(this.laneRows, story.laneTable(timeline, slabs, this.sizeClass));
    this.laneChoice.select.value = this.followsList ? FOLLOWS[0] : String(this.lane);
    this.classChoice.select.value = this.followsList ? FOLLOWS[0] : String(this.sizeClass);
    this._fillSlabChoice();
    const shown = this.list.slice(0, LIST_SHOWN).map((addr) => story.placeOf(timeline, slabs, addr));
    const more = this.list.length > LIST_SHOWN ? ` → … ${story.count(this.list.length - LIST_SHOWN)} more` : "";
    setText(this.listLine, `Free list of lane ${this.lane}, class ${this.sizeClass}: ${["head", ...shown].join(" → ")}${more} → none`);
    this.say();
    this.tables.fill();
    this.heapView.reveal(this.current); // here, and last: where it scrolls, the page runs its layout
  }

  /** @param {number} n */
  _source(n) {
    const r = this.timeline.recording;
    const text = (this.model.get("_sources")[String(r.file[n])] ?? {})[String(r.line[n])];
    return text === undefined ? "" : `${r.files[r.file[n]].split(/[\\/]/).at(-1)}:${r.line[n]}  ${text}`;
  }

  _fillSlabChoice() {
    const { select } = this.slabChoice;
    const wanted = this.slabs.map((slab) => `${slab.addr}/${slab.sizeClass}`).join();
    if (this.slabChoices !== wanted) {
      this.slabChoices = wanted;
      select.replaceChildren(element("option", { value: FOLLOWS[0] }, FOLLOWS[1]), ...this.slabs.map((slab) =>
        element("option", { value: String(slab.addr) }, `${slab.number}: ${slab.slotSize} bytes`)));
    }
    select.value = this.follows ? "-1" : String(this.chosenAddr);
  }

  /** Say what the selected slot is. @param {number} [slot] another slot, under the pointer */
  say(slot = this.selected) {
    if (this.current === -1 || slot === -1) {
      setText(this.detail, this.slabs.length === 0 ? "There is no slab yet." : "No slot is chosen: press an arrow key, or point at one.");
      this.history.replaceChildren();
      setText(this.address, "");
      return;
    }
    const slab = this.slabs[this.current];
    if (slot >= this.slots[this.current].status.length) return;
    setText(this.detail, story.slotSentence(this.timeline, this.slabs, this.slots, this.current, slot));
    const addr = slab.addr + slot * slab.slotSize;
    const events = this.timeline.history(addr, HISTORY);
    const r = this.timeline.recording;
    this.history.replaceChildren(...events.map((e) => element("li", {},
      `event ${story.count(e)}: ${r.kind[e] === KIND.CALL_FREE ? "freed" : "handed out"} by ${story.who(this.timeline, e).toLowerCase()}, ` +
      story.counted(r.length(e), "byte"))));
    setText(this.address, `Address ${story.hex(addr)}, ${story.hex(slot * slab.slotSize)} from the slab's.`);
  }

  /** @returns {import("./slab_view.js").Scene} */
  scene() {
    const slab = this.slabs[this.current];
    const lane = this.timeline.bumpLane(slab);
    return {
      timeline: this.timeline, slab, slots: this.slots[this.current], theme: this.theme, colourBy: this.colourBy,
      selected: this.selected, list: this.list.length > 0 && slab.sizeClass === this.sizeClass ? this.list : [],
      lane, bump: lane === -1 ? -1 : this.timeline.nextAddr(lane, slab.sizeClass) - slab.addr,
    };
  }

  /** `withText`: with the texts in and over the pictures. @param {{withText: boolean}} how */
  draw({ withText } = { withText: true }) {
    if (!this.root.isConnected || this.room === "") return;
    const { timeline, slabs, slots, theme, colourBy } = this;
    this.heapView.draw({ timeline, slabs, slots, theme, colourBy, chosen: this.current, large: timeline.large() }, { withText });
    if (this.current === -1) this.slabView.clear(theme);
    else this.slabView.draw(this.scene());
    // After the canvases: text drawn in one has the page run the layout of all that was written before.
    if (withText) this._headSlab();
  }

  /** Write what the picture of the slab is of. */
  _headSlab() {
    const slab = this.slabs[this.current];
    if (slab === undefined) {
      setText(this.heading, "No slab yet");
      return;
    }
    setText(this.heading, `Slab ${slab.number}, class ${slab.sizeClass}: slots of ${story.count(slab.slotSize)} bytes`);
    const { length, start, rowLen } = this.slabView.window(slab);
    setText(this.zoomLine, `${story.count(length)} bytes from ${story.hex(start)}, ${story.count(rowLen)} a row`);
  }

  /** @param {import("./palette.js").Theme} theme */
  setTheme(theme) {
    this.theme = theme;
    this.root.dataset.theme = theme;
    this.legend.replaceChildren(...LEGEND.map(([texture, text]) => element("li", {}, swatch(theme, texture), text)));
    this.transport.drawMarks(theme);
    this.draw();
  }

  /** @param {1 | -1} direction */
  zoom(direction) {
    if (this.current === -1) return;
    const slab = this.slabs[this.current];
    const { start, length } = this.slabView.window(slab);
    const centre = this.selected === -1 ? start + length / 2 : (this.selected + 0.5) * slab.slotSize;
    this.slabView.zoomTo(slab, this.slabView.zoom + direction, Math.min(centre, slab.length - 1));
    this.draw();
  }

  /** @param {PointerEvent} event */
  onHover(event) {
    if (this.current !== -1) this.say(this.slabView.slotAt(this.scene(), event.offsetX, event.offsetY));
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    if (this.current !== -1) this.select(this.slabView.slotAt(this.scene(), event.offsetX, event.offsetY));
  }

  /** @param {number} slot */
  select(slot) {
    const slab = this.slabs[this.current];
    this.chosenAddr = slab.addr;
    this.follows = false;
    this.selected = Math.min(Math.max(slot, 0), this.slots[this.current].status.length - 1);
    this.slabView.reveal(slab, this.selected * slab.slotSize);
    this._fillSlabChoice();
    this.say();
    this.draw();
    this.heapView.reveal(this.current);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== this.canvas && !isFree(/** @type {HTMLElement} */ (event.target), event.key)) return;
    const action = this._actionOf(event);
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  /** @param {KeyboardEvent} event @returns {(() => void) | undefined} */
  _actionOf(event) {
    if (event.key === " ") return () => this.transport.toggle();
    if (event.key === ",") return () => this.transport.goTo(this.transport.n - 1);
    if (event.key === ".") return () => this.transport.goTo(this.transport.n + 1);
    if (this.current === -1) return undefined;
    const slab = this.slabs[this.current];
    const { rowLen, rows } = this.slabView.window(slab);
    const perRow = Math.max(1, Math.round(rowLen / slab.slotSize));
    const moves = /** @type {Record<string, number>} */ ({
      ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perRow, ArrowDown: perRow, PageUp: (-perRow * rows) / 4,
      PageDown: (perRow * rows) / 4, Home: -Infinity, End: Infinity,
    });
    if (event.key in moves) return () => this.select(Math.round(Math.max(this.selected, 0) + moves[event.key]));
    const others = /** @type {Record<string, () => void>} */ ({
      "+": () => this.zoom(1), "=": () => this.zoom(1), "-": () => this.zoom(-1),
      "[": () => this.otherSlab(-1), "]": () => this.otherSlab(1),
      h: () => this.selectAddr(this.list[0]), n: () => this._selectNext(),
    });
    return others[event.key];
  }

  /** @param {1 | -1} direction */
  otherSlab(direction) {
    const index = (this.current + direction + this.slabs.length) % this.slabs.length;
    this.choose(this.slabs[index].addr);
    this.select(0);
  }

  /** @param {number | undefined} addr of a slot */
  selectAddr(addr) {
    if (addr === undefined) return;
    const index = this.slabs.findIndex((s) => s.addr <= addr && addr < s.addr + s.length);
    if (index === -1) return;
    this.current = index;
    this.select(Math.floor((addr - this.slabs[index].addr) / this.slabs[index].slotSize));
  }

  /** On to the slot that the selected one links to. */
  _selectNext() {
    const slab = this.slabs[this.current];
    if (this.slots[this.current].status[this.selected] !== STATUS.FREE) return;
    this.selectAddr(this.timeline.link(slab.addr + this.selected * slab.slotSize) || undefined);
  }

  dispose() {
    this.model.off(CHOICES, this.onChoice);
    this.model.off("change:event", this.onModelEvent);
    this.send.cancel();
    clearTimeout(this.tellTimer);
    this.unwatch();
    this.resize.disconnect();
    this.transport.dispose();
  }
}

/**
 * Whether a key means what it means in the map, pressed at something else: a box takes what is typed into it, a button
 * is pressed by the space bar, and arrows move the slider.
 * @param {HTMLElement} target @param {string} key
 */
function isFree(target, key) {
  if (target.matches("select, input[type=number]")) return false;
  return key === " " ? !target.matches("button, summary") : key.length === 1;
}

/** @param {number} size @param {number} sizeClass @returns {[string, string]} */
function classOption(size, sizeClass) {
  return [String(sizeClass), `${sizeClass}: ${story.count(size)} bytes`];
}

/** @param {number} count @returns {[string, string][]} */
function range(count) {
  return Array.from({ length: count }, (_, index) => [String(index), String(index)]);
}

/**
 * A texture as an image: the page has work with every canvas in it at every frame.
 * @param {import("./palette.js").Theme} theme @param {import("./palette.js").Texture} texture
 */
function swatch(theme, texture) {
  const canvas = element("canvas", { width: 24, height: 16 });
  const context = canvas.getContext("2d");
  const image = context.createImageData(24, 16);
  const pixels = new Uint32Array(image.data.buffer);
  const made = tile(theme, texture);
  for (let i = 0; i < pixels.length; i++) pixels[i] = made[(Math.floor(i / 24) % TILE) * TILE + (i % 24 % TILE)];
  context.putImageData(image, 0, 0);
  context.strokeStyle = coloursOf(theme).line;
  context.strokeRect(0.5, 0.5, 23, 15);
  return element("img", { src: canvas.toDataURL(), alt: "", width: 24, height: 16 });
}

export default { render: renderRecorded(MemoryMap) };
