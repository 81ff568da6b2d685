/** The whole heap at a glance: a small picture of each slab with its counts, then the large maps. */

import { coloursOf, oneOfMany, tile, TEXTURES, TILE } from "./palette.js";
import { colourOf } from "./slab_view.js";
import { count, hex } from "./story.js";

/**
 * @typedef {import("./slab_view.js").Scene} Scene
 * @typedef {import("./timeline.js").Block} Block
 * @typedef {Pick<Scene, "timeline" | "theme" | "colourBy"> & {
 *   slabs: import("./timeline.js").Slab[], slots: import("./timeline.js").Slots[], chosen: number, large: Block[],
 * }} Heap chosen: place in slabs
 */

const THUMB = { width: 128, height: 32 };
const CELL = { width: 148, height: 76 };
const LARGE_HEIGHT = 20;
const LARGE_ROWS = 12;

export class HeapView {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.columns = 1;
    this.revealed = -1;
    // Of the box that scrolls, in CSS pixels; kept, as to ask the page runs its layout.
    this.room = this.boxHeight = this.scrollTop = 0;
    this.box = /** @type {HTMLElement} */ (canvas.parentElement);
    this.box.addEventListener("scroll", () => (this.scrollTop = this.box.scrollTop), { passive: true });
    /** @type {ImageData | undefined} */ this.image = undefined;
  }

  measure() {
    this.room = this.box.clientWidth;
    this.boxHeight = this.box.clientHeight;
  }

  /** The place in slabs of what lies at a point, -1 for none. @param {number} x @param {number} y @param {number} slabCount */
  slabAt(x, y, slabCount) {
    const index = Math.floor(y / CELL.height) * this.columns + Math.min(this.columns - 1, Math.floor(x / CELL.width));
    return index < slabCount ? index : -1;
  }

  /** Scroll so that a slab is in view. @param {number} index its place in slabs, -1 for none */
  reveal(index) {
    if (index === -1 || index === this.revealed || this.boxHeight === 0) return;
    this.revealed = index;
    const top = Math.floor(index / this.columns) * CELL.height;
    const lowest = top + CELL.height - this.boxHeight;
    if (lowest <= this.scrollTop && this.scrollTop <= top) return;
    this.box.scrollTop = this.scrollTop = top < this.scrollTop ? top : lowest;
  }

  /** @param {Heap} heap */
  draw(heap) {
    const { slabs, slots, large, theme, chosen } = heap;
    const { room } = this;
    if (room === 0) return;
    this.columns = Math.max(1, Math.floor(room / CELL.width));
    const rows = Math.ceil(slabs.length / this.columns);
    const largeRows = Math.min(large.length, LARGE_ROWS) + (large.length > LARGE_ROWS ? 1 : 0);
    const height = Math.max(CELL.height, rows * CELL.height + (largeRows > 0 ? 22 + largeRows * LARGE_HEIGHT : 0));
    const scale = devicePixelRatio;
    const context = this.context;
    if (this.canvas.width !== Math.round(room * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(room * scale);
      this.canvas.height = Math.round(height * scale);
      this.canvas.style.width = `${room}px`;
      this.canvas.style.height = `${height}px`;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, room, height);
    context.textBaseline = "top";
    const colours = coloursOf(theme);
    slabs.forEach((slab, index) => {
      const x = (index % this.columns) * CELL.width + 4;
      const y = Math.floor(index / this.columns) * CELL.height + 4;
      this._thumb({ ...heap, slab, slots: slots[index], selected: -1, list: [], bump: -1, lane: -1 }, x, y, scale);
      context.strokeStyle = index === chosen ? colours.select : colours.line;
      context.lineWidth = index === chosen ? 2.5 : 1;
      context.strokeRect(x - 1.5, y - 1.5, THUMB.width + 3, THUMB.height + 3);
      const { live, free } = slots[index].counts;
      context.fillStyle = colours.ink;
      context.font = `${index === chosen ? "bold " : ""}12px system-ui, sans-serif`;
      context.fillText(`slab ${slab.number} · ${slab.slotSize} B`, x, y + THUMB.height + 6);
      context.fillStyle = colours.faint;
      context.font = "12px system-ui, sans-serif";
      context.fillText(`${count(live)} live, ${count(free)} free`, x, y + THUMB.height + 21);
    });
    if (largeRows > 0) this._large(heap, rows * CELL.height, room);
  }

  /** One pixel is one or some bytes: what the slot there is. @param {Scene} scene @param {number} x @param {number} y @param {number} scale */
  _thumb(scene, x, y, scale) {
    const width = Math.round(THUMB.width * scale);
    const height = Math.round(THUMB.height * scale);
    if (this.image === undefined || this.image.width !== width) this.image = this.context.createImageData(width, height);
    const pixels = new Uint32Array(this.image.data.buffer);
    const { slab, slots, theme, colourBy } = scene;
    const plain = TEXTURES.map((texture) => tile(theme, texture));
    const slotsPerRow = slab.length / THUMB.height / slab.slotSize;
    for (let row = 0; row < height; row++) {
      const line = Math.floor(row / scale);
      const tileRow = (row % TILE) * TILE;
      for (let column = 0; column < width; column++) {
        const slot = Math.floor((line + column / width) * slotsPerRow);
        const status = slots.status[slot];
        const texture = colourBy === "state" ? plain[status] : tile(theme, TEXTURES[status], colourOf(scene, slot));
        pixels[row * width + column] = texture[tileRow + (column % TILE)];
      }
    }
    this.context.putImageData(this.image, Math.round(x * scale), Math.round(y * scale));
  }

  /** @param {Heap} heap @param {number} top @param {number} room */
  _large({ timeline, large, theme, colourBy }, top, room) {
    const colours = coloursOf(theme);
    const context = this.context;
    context.font = "bold 12px system-ui, sans-serif";
    context.fillStyle = colours.ink;
    context.fillText(`large maps: ${count(large.length)}`, 4, top + 4);
    context.font = "12px system-ui, sans-serif";
    const longest = Math.max(...large.map((block) => block.length));
    large.slice(0, LARGE_ROWS).forEach((block, index) => {
      const y = top + 22 + index * LARGE_HEIGHT;
      const bar = Math.max(2, ((Math.min(room, CELL.width) - 12) * block.length) / longest);
      context.fillStyle = colourBy === "thread" ? oneOfMany(block.thread) : colours.live[0];
      context.fillRect(4, y + 14, bar, 4);
      context.fillStyle = colours.faint;
      context.fillText(`${count(block.length)} B at ${hex(block.addr - timeline.base)}`, 4, y);
    });
    if (large.length > LARGE_ROWS) {
      context.fillText(`and ${count(large.length - LARGE_ROWS)} more`, 4, top + 22 + LARGE_ROWS * LARGE_HEIGHT);
    }
  }
}
