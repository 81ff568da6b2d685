/**
 * The whole heap at a glance: a small picture of each slab with its counts, then the large maps.
 *
 * The heap may be taller than any canvas can be, so the canvas is as tall as the box that scrolls, stays in it, and
 * shows the part that the box has been scrolled to.
 */

import { element } from "./dom.js";
import { coloursOf, oneOfMany, tilesOf, TILE } from "./palette.js";
import { looksOf } from "./slab_view.js";
import { count, hex } from "./story.js";
import { STATUS } from "./timeline.js";

/**
 * @typedef {import("./slab_view.js").Scene} Scene
 * @typedef {import("./timeline.js").Block} Block
 * @typedef {Pick<Scene, "timeline" | "theme" | "colourBy"> & {
 *   slabs: import("./timeline.js").Slab[], slots: import("./timeline.js").Slots[], chosen: number, large: Block[],
 * }} Heap chosen: place in slabs
 */

const THUMB = { width: 128, height: 32 };
const CELL = { width: 148, height: 76 };
const PAD = 4; // around a thumb
const LARGE_HEAD = 22;
const LARGE_HEIGHT = 20;
const LARGE_ROWS = 12;
const FONT = "12px system-ui, sans-serif";

export class HeapView {
  constructor() {
    this.canvas = element("canvas", { class: "rf-heap", "aria-hidden": "true" });
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.whole = element("div", {}, this.canvas); // as tall as the heap
    this.box = element("div", { class: "rf-overview", tabindex: 0, role: "region", "aria-label": "all slabs" }, this.whole);
    this.columns = 1;
    this.revealed = this.framed = -1; // places in slabs
    this.wholeHeight = 0;
    // Of the box, in CSS pixels; kept, as to ask the page runs its layout.
    this.room = this.highest = this.scrollTop = this.height = 0;
    this.box.addEventListener("scroll", () => this._onScroll(), { passive: true });
    /** @type {ImageData | undefined} */ this.image = undefined;
    /** @type {Heap | undefined} */ this.heap = undefined; // that was drawn last
    this.drawn = ""; // what the texts and the frames that stand were drawn for
  }

  measure() {
    this.room = this.box.clientWidth;
    this.highest = Number.parseFloat(getComputedStyle(this.box).maxHeight);
  }

  _onScroll() {
    this.scrollTop = this.box.scrollTop;
    if (this.heap !== undefined) this.draw(this.heap, { withText: true });
  }

  /** The place in slabs of what lies at a point of the canvas, -1 for none. @param {number} x @param {number} y @param {number} slabCount */
  slabAt(x, y, slabCount) {
    const row = Math.floor((y + this.scrollTop) / CELL.height);
    const index = row * this.columns + Math.min(this.columns - 1, Math.floor(x / CELL.width));
    return index < slabCount ? index : -1;
  }

  /** Scroll so that a slab is in view. @param {number} index its place in slabs, -1 for none */
  reveal(index) {
    if (index === -1 || index === this.revealed || this.height === 0) return;
    this.revealed = index;
    const top = Math.floor(index / this.columns) * CELL.height;
    const lowest = top + CELL.height - this.height;
    if (lowest <= this.scrollTop && this.scrollTop <= top) return;
    this.box.scrollTop = top < this.scrollTop ? top : lowest;
  }

  /**
   * Draw the slabs, and with `withText` their counts and the large maps too, which take longer to draw than the slabs.
   * @param {Heap} heap @param {{withText: boolean}} how
   */
  draw(heap, { withText }) {
    this.heap = heap;
    if (this.room === 0) return;
    const { slabs, slots, large, theme, chosen } = heap;
    this._fit(slabs.length, large.length);
    const { context, scrollTop, columns } = this;
    const first = Math.floor(scrollTop / CELL.height) * columns;
    const last = Math.min(slabs.length, Math.ceil((scrollTop + this.height) / CELL.height) * columns);
    const scale = devicePixelRatio;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const drawn = [scrollTop, theme, slabs.length, columns, this.canvas.width, this.canvas.height].join(" ");
    const isFull = withText || this.drawn !== drawn;
    this.drawn = drawn;
    if (isFull) context.clearRect(0, 0, this.room, this.height);
    for (let index = first; index < last; index++) {
      const x = (index % columns) * CELL.width + PAD;
      const y = Math.floor(index / columns) * CELL.height + PAD - scrollTop;
      if (isFull) this._label(heap, index, x, y);
      if (isFull || (index === chosen) !== (index === this.framed)) this._frame(theme, index === chosen, x, y);
      this._thumb({ ...heap, slab: slabs[index], slots: slots[index] }, x, y, scale);
    }
    this.framed = chosen;
    if (isFull && large.length > 0) this._large(heap, Math.ceil(slabs.length / columns) * CELL.height - scrollTop);
  }

  /** Take the room that the heap needs, or as much of it as the box has. @param {number} slabCount @param {number} largeCount */
  _fit(slabCount, largeCount) {
    this.columns = Math.max(1, Math.floor(this.room / CELL.width));
    const largeRows = Math.min(largeCount, LARGE_ROWS) + (largeCount > LARGE_ROWS ? 1 : 0);
    const largeHeight = largeRows > 0 ? LARGE_HEAD + largeRows * LARGE_HEIGHT : 0;
    const whole = Math.max(CELL.height, Math.ceil(slabCount / this.columns) * CELL.height + largeHeight);
    this.height = Math.min(whole, this.highest);
    const width = Math.round(this.room * devicePixelRatio);
    const height = Math.round(this.height * devicePixelRatio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.canvas.style.width = `${this.room}px`;
      this.canvas.style.height = `${this.height}px`;
    }
    if (this.wholeHeight !== whole) this.whole.style.height = `${(this.wholeHeight = whole)}px`;
    this.scrollTop = Math.min(this.scrollTop, whole - this.height);
  }

  /** @param {import("./palette.js").Theme} theme @param {boolean} isChosen @param {number} x @param {number} y */
  _frame(theme, isChosen, x, y) {
    const { context } = this;
    const colours = coloursOf(theme);
    context.clearRect(x - 3, y - 3, THUMB.width + 6, THUMB.height + 6);
    context.strokeStyle = isChosen ? colours.select : colours.line;
    context.lineWidth = isChosen ? 2.5 : 1;
    context.strokeRect(x - 1.5, y - 1.5, THUMB.width + 3, THUMB.height + 3);
  }

  /** @param {Heap} heap @param {number} index @param {number} x @param {number} y */
  _label({ slabs, slots, theme, chosen }, index, x, y) {
    const { context } = this;
    const colours = coloursOf(theme);
    const { totals } = slots[index];
    context.textBaseline = "top";
    context.fillStyle = colours.ink;
    context.font = index === chosen ? `bold ${FONT}` : FONT;
    context.fillText(`slab ${slabs[index].number} · ${slabs[index].slotSize} B`, x, y + THUMB.height + 6);
    context.fillStyle = colours.faint;
    context.font = FONT;
    context.fillText(`${count(totals[STATUS.LIVE])} live, ${count(totals[STATUS.FREE])} free`, x, y + THUMB.height + 21);
  }

  /**
   * One pixel is one or some bytes: what the slot there is.
   * @param {Pick<Scene, "timeline" | "slab" | "slots" | "theme" | "colourBy">} scene
   * @param {number} x @param {number} y @param {number} scale
   */
  _thumb(scene, x, y, scale) {
    const width = Math.round(THUMB.width * scale);
    const height = Math.round(THUMB.height * scale);
    if (this.image === undefined || this.image.width !== width) this.image = this.context.createImageData(width, height);
    const pixels = new Uint32Array(this.image.data.buffer);
    const looks = looksOf(scene);
    const tiles = tilesOf(scene.theme);
    const slotsPerRow = scene.slab.length / THUMB.height / scene.slab.slotSize;
    for (let row = 0; row < height; row++) {
      const line = Math.floor(row / scale);
      const tileRow = (row % TILE) * TILE;
      for (let column = 0; column < width; column++) {
        const slot = Math.floor((line + column / width) * slotsPerRow);
        pixels[row * width + column] = tiles[looks[slot] * TILE * TILE + tileRow + (column % TILE)];
      }
    }
    this.context.putImageData(this.image, Math.round(x * scale), Math.round(y * scale));
  }

  /** @param {Heap} heap @param {number} top */
  _large({ timeline, large, theme, colourBy }, top) {
    const colours = coloursOf(theme);
    const { context } = this;
    context.textBaseline = "top";
    context.font = `bold ${FONT}`;
    context.fillStyle = colours.ink;
    context.fillText(`large maps: ${count(large.length)}`, PAD, top + 4);
    context.font = FONT;
    const longest = Math.max(...large.map((block) => block.length));
    large.slice(0, LARGE_ROWS).forEach((block, index) => {
      const y = top + LARGE_HEAD + index * LARGE_HEIGHT;
      const bar = Math.max(2, ((Math.min(this.room, CELL.width) - 12) * block.length) / longest);
      context.fillStyle = colourBy === "thread" ? oneOfMany(block.thread) : colours.live[0];
      context.fillRect(PAD, y + 14, bar, 4);
      context.fillStyle = colours.faint;
      context.fillText(`${count(block.length)} B at ${hex(timeline.offset(block.addr))}`, PAD, y);
    });
    if (large.length > LARGE_ROWS) {
      context.fillText(`and ${count(large.length - LARGE_ROWS)} more`, PAD, top + LARGE_HEAD + LARGE_ROWS * LARGE_HEIGHT);
    }
  }
}
