/**
 * One slab, true to its addresses: rows of bytes, every slot in the texture of its state, drawn as pixels.
 *
 * Each zoom step doubles the size of a byte both ways, from the whole slab to the 8 bytes of one link.
 */

import { COLOUR, TILE, coloursOf, lookOf, pixel, tilesOf } from "./palette.js";
import { STATUS } from "./timeline.js";
import { hex } from "./story.js";

/**
 * @typedef {import("./timeline.js").Timeline} Timeline
 * @typedef {import("./timeline.js").Slab} Slab
 * @typedef {import("./timeline.js").Slots} Slots
 * @typedef {"state" | "lane" | "class" | "thread" | "age"} ColourBy
 * @typedef {{
 *   timeline: Timeline, slab: Slab, slots: Slots, theme: import("./palette.js").Theme, colourBy: ColourBy,
 *   selected: number, list: number[], bump: number, lane: number,
 * }} Scene
 * @typedef {{image: ImageData, looks: Uint8Array, asked: Float64Array}} Painting looks, asked: of each slot, as painted
 *
 * In a Scene selected: a slot; list: addresses of the chosen free list; bump: next_addr in this slab, of that lane; -1 for none
 */

const ROWS = 64; // of the whole slab
const SMALLEST_WINDOW = 64; // bytes
const HOPS = 8; // arrows drawn; more become a tangle
const PAINTING_BYTES = 32e6; // that are kept
const NO_LOOK = 255;
const SPARE = lookOf(4, COLOUR.OWN) - STATUS.LIVE; // from the look of a live slot to that of its spare bytes

/**
 * The look of each slot: that of its state, in the colour asked for.
 * @param {Pick<Scene, "timeline" | "slab" | "slots" | "colourBy">} scene @returns {Uint8Array} read it before the next call
 */
export function looksOf({ timeline, slab, slots, colourBy }) {
  const { status, lane, since, looks } = slots;
  if (colourBy === "state") return status;
  const { thread } = timeline.recording;
  for (let slot = 0; slot < status.length; slot++) {
    const isFree = status[slot] === STATUS.FREE;
    const isLive = status[slot] === STATUS.LIVE;
    let colour = COLOUR.GREY;
    if (colourBy === "class") colour = COLOUR.ofMany(slab.sizeClass);
    else if (colourBy === "lane" && isFree) colour = COLOUR.ofMany(lane[slot]);
    else if (colourBy === "thread" && isLive) colour = COLOUR.ofMany(thread[since[slot]]);
    else if (colourBy === "age" && (isFree || isLive) && since[slot] !== -1) colour = COLOUR.ofAge(timeline.n - since[slot]);
    looks[slot] = lookOf(status[slot], colour);
  }
  return looks;
}

export class SlabView {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    this.zoom = 0;
    this.start = 0; // offset in the slab of the window's first byte
    this.scale = 1;
    this.width = this.height = 0; // CSS pixels that the canvas has; kept, as to ask the page runs its layout
    /** @type {Map<string, Painting>} */ this.paintings = new Map(); // by what they show, the one used last at the end
  }

  measure() {
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
  }

  /** Steps of zoom that a slab allows. @param {Slab} slab */
  deepest(slab) {
    return Math.max(0, Math.floor(Math.log2(slab.length / SMALLEST_WINDOW) / 2));
  }

  /** @param {Slab} slab */
  window(slab) {
    const rows = Math.max(1, ROWS >> this.zoom);
    const length = slab.length / 4 ** this.zoom;
    return { rows, length, rowLen: length / rows, start: Math.min(this.start, slab.length - length) };
  }

  /** @param {Slab} slab @param {number} zoom @param {number} centre offset that stays in view */
  zoomTo(slab, zoom, centre) {
    this.zoom = Math.min(Math.max(zoom, 0), this.deepest(slab));
    const { length, rowLen } = this.window(slab);
    const start = Math.round((centre - length / 2) / rowLen) * rowLen;
    this.start = Math.min(Math.max(start, 0), slab.length - length);
  }

  /** Move the window so that an offset is in it. @param {Slab} slab @param {number} offset */
  reveal(slab, offset) {
    const { length, start } = this.window(slab);
    if (offset < start || offset >= start + length) this.zoomTo(slab, this.zoom, offset);
  }

  /** The slot at a point of the canvas, in CSS pixels; -1 for none. @param {Scene} scene @param {number} x @param {number} y */
  slotAt({ slab, slots }, x, y) {
    const { rows, rowLen, start } = this.window(slab);
    const row = Math.floor((y / this.height) * rows);
    const offset = start + row * rowLen + (x / this.width) * rowLen;
    const slot = Math.floor(offset / slab.slotSize);
    return slot >= 0 && slot < slots.status.length ? slot : -1;
  }

  /** Where an offset of the slab lies, in CSS pixels. @param {Slab} slab @param {number} offset */
  point(slab, offset) {
    const { rows, rowLen, start } = this.window(slab);
    const row = Math.floor((offset - start) / rowLen);
    return {
      x: ((offset - start - row * rowLen) / rowLen) * this.width,
      y: (row / rows) * this.height,
      rowHeight: this.height / rows,
    };
  }

  /** As many pixels as there is room for. Returns whether there is any. */
  _fit() {
    this.scale = devicePixelRatio;
    const width = Math.round(this.width * this.scale);
    const height = Math.round(this.height * this.scale);
    if (width === 0 || height === 0) return false;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.paintings.clear();
    }
    return true;
  }

  /** Show that there is nothing. @param {import("./palette.js").Theme} theme */
  clear(theme) {
    if (!this._fit()) return;
    this.context.fillStyle = coloursOf(theme).page;
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** @param {Scene} scene */
  draw(scene) {
    if (!this._fit()) return;
    const painting = this._paintingOf(scene);
    this._paint(scene, painting);
    this.context.putImageData(painting.image, 0, 0);
    this.context.save();
    this.context.scale(this.scale, this.scale);
    this._drawLabels(scene);
    this._drawBump(scene);
    this._drawList(scene);
    this._drawSelection(scene);
    this.context.restore();
  }

  /** What was painted of a slab when it was seen last, or a painting of nothing. @param {Scene} scene @returns {Painting} */
  _paintingOf({ slab, slots, theme, colourBy }) {
    const { width, height } = this.canvas;
    const { rows, start } = this.window(slab);
    const key = [slab.addr, slab.slotSize, slab.length, rows, start, theme, colourBy].join(" ");
    let painting = this.paintings.get(key);
    this.paintings.delete(key);
    if (painting === undefined) {
      const most = Math.max(1, Math.floor(PAINTING_BYTES / (4 * width * height)));
      for (const oldest of this.paintings.keys()) if (this.paintings.size >= most) this.paintings.delete(oldest);
      const slotCount = slots.status.length;
      const image = this.context.createImageData(width, height);
      new Uint32Array(image.data.buffer).fill(pixel(coloursOf(theme).gap));
      painting = { image, looks: new Uint8Array(slotCount).fill(NO_LOOK), asked: new Float64Array(slotCount) };
    }
    this.paintings.set(key, painting);
    return painting;
  }

  /** Paint the slots that look other than in the painting. @param {Scene} scene @param {Painting} painting */
  _paint(scene, { image, looks: painted, asked: paintedAsked }) {
    const { width, height } = image;
    const pixels = new Uint32Array(image.data.buffer);
    const { slab, slots, theme } = scene;
    const { rows, rowLen, start } = this.window(slab);
    const { asked } = slots;
    const size = slab.slotSize;
    const looks = looksOf(scene);
    const tiles = tilesOf(theme);
    const isLive = (/** @type {number} */ slot) => slots.status[slot] === STATUS.LIVE;
    const perByte = width / rowLen;
    for (let row = 0; row < rows; row++) {
      const y0 = Math.round((row * height) / rows);
      const y1 = Math.round(((row + 1) * height) / rows);
      const rowStart = start + row * rowLen;
      const rowEnd = rowStart + rowLen;
      let slot = Math.floor(rowStart / size);
      for (let offset = slot * size; offset < rowEnd && slot < looks.length; slot++, offset += size) {
        if (looks[slot] === painted[slot] && (!isLive(slot) || asked[slot] === paintedAsked[slot])) continue;
        const end = offset + size;
        const x0 = Math.max(0, Math.round((offset - rowStart) * perByte));
        let x1 = Math.min(width, Math.round((end - rowStart) * perByte));
        if (end <= rowEnd && x1 - x0 >= 4) x1 -= 1; // the border between slots
        const bottom = end > rowEnd || y1 - y0 < 4 ? y1 : y1 - 1;
        const askedEnd = isLive(slot) ? Math.ceil((offset + asked[slot] - rowStart) * perByte) : x1;
        const middle = Math.min(x1, Math.max(x0, askedEnd));
        fill(pixels, width, tiles, looks[slot], x0, middle, y0, bottom);
        fill(pixels, width, tiles, looks[slot] + SPARE, middle, x1, y0, bottom);
      }
    }
    painted.set(looks);
    paintedAsked.set(asked);
  }

  /** Bytes asked for and links, where there is room. @param {Scene} scene */
  _drawLabels(scene) {
    const { slab, slots, timeline, theme } = scene;
    const { rowLen, length, start } = this.window(slab);
    const perByte = this.width / rowLen;
    const { rowHeight } = this.point(slab, start);
    if (slab.slotSize * perByte < 44 || rowHeight < 13) return;
    this.context.font = "11px ui-monospace, monospace";
    this.context.textBaseline = "top";
    const first = Math.floor(start / slab.slotSize);
    for (let slot = first; slot < slots.status.length && slot * slab.slotSize < start + length; slot++) {
      const offset = Math.max(start, slot * slab.slotSize);
      if (slots.status[slot] === STATUS.LIVE) this._label(slab, offset, `${slots.asked[slot]} B`, theme);
      if (slots.status[slot] === STATUS.FREE) {
        const link = timeline.link(slab.addr + slot * slab.slotSize);
        const isNear = link >= slab.addr && link < slab.addr + slab.length;
        this._label(slab, offset, link === 0 ? "→ none" : isNear ? `→ ${hex(link - slab.addr)}` : "→ other slab", theme);
      }
    }
  }

  /** @param {Slab} slab @param {number} offset @param {string} text @param {import("./palette.js").Theme} theme */
  _label(slab, offset, text, theme) {
    const { x, y } = this.point(slab, offset);
    const { rowLen } = this.window(slab);
    const room = Math.min(this.width - x, (slab.slotSize * this.width) / rowLen) - 4;
    const width = this.context.measureText(text).width + 4;
    if (width > room) return;
    this.context.fillStyle = coloursOf(theme).page;
    this.context.fillRect(x + 1, y + 1, width, 12);
    this.context.fillStyle = coloursOf(theme).ink;
    this.context.fillText(text, x + 3, y + 2);
  }

  /** @param {Scene} scene */
  _drawBump({ slab, bump, lane, theme }) {
    const { start, length } = this.window(slab);
    if (bump === -1 || bump < start || bump >= start + length) return;
    const { x, y, rowHeight } = this.point(slab, bump);
    const colours = coloursOf(theme);
    const bottom = y + Math.max(rowHeight, 6);
    this.context.strokeStyle = colours.page;
    this.context.fillStyle = colours.bump;
    this.context.lineWidth = 2;
    this.context.beginPath();
    this.context.moveTo(x, bottom);
    this.context.lineTo(x - 6, bottom + 10);
    this.context.lineTo(x + 6, bottom + 10);
    this.context.closePath();
    this.context.stroke();
    this.context.fill();
    this.context.fillRect(x - 1, y, 2, bottom - y + 2);
    this._tag(`next_addr, lane ${lane}`, x, bottom + 11, theme);
  }

  /** @param {string} text @param {number} x @param {number} y @param {import("./palette.js").Theme} theme */
  _tag(text, x, y, theme) {
    this.context.font = "11px ui-monospace, monospace";
    this.context.textBaseline = "top";
    const width = this.context.measureText(text).width + 8;
    const left = Math.min(Math.max(0, x - width / 2), this.width - width);
    const top = Math.min(y, this.height - 15);
    this.context.fillStyle = coloursOf(theme).ink;
    this.context.fillRect(left, top, width, 15);
    this.context.fillStyle = coloursOf(theme).page;
    this.context.fillText(text, left + 4, top + 2);
  }

  /** The first hops of the chosen free list, in list order. @param {Scene} scene */
  _drawList({ slab, list, theme }) {
    const { start, length, rowLen } = this.window(slab);
    const half = Math.min(slab.slotSize, rowLen) / 2;
    const middle = (/** @type {number} */ addr) => {
      const { x, y, rowHeight } = this.point(slab, addr - slab.addr + half);
      return { x, y: y + rowHeight / 2 };
    };
    const isSeen = (/** @type {number} */ addr) => addr - slab.addr >= start && addr - slab.addr < start + length;
    const colours = coloursOf(theme);
    for (let hop = Math.min(HOPS, list.length - 1) - 1; hop >= 0; hop--) {
      if (!isSeen(list[hop]) || !isSeen(list[hop + 1])) continue;
      this.context.globalAlpha = 1 - (0.75 * hop) / HOPS;
      this._arrow(middle(list[hop]), middle(list[hop + 1]), colours);
    }
    this.context.globalAlpha = 1;
    if (list.length > 0 && isSeen(list[0])) {
      const { x, y, rowHeight } = this.point(slab, list[0] - slab.addr);
      this._tag("head", x + 14, y < 16 ? y + rowHeight + 2 : y - 16, theme); // beside the slot, not over it
    }
  }

  /** @param {{x: number, y: number}} from @param {{x: number, y: number}} to @param {Record<string, any>} colours */
  _arrow(from, to, colours) {
    const { context } = this;
    const dx = to.x - from.x;
    const dy = to.y - from.y;
    const distance = Math.hypot(dx, dy) || 1;
    const bend = Math.min(40, 10 + distance / 5);
    const control = { x: (from.x + to.x) / 2 - (dy / distance) * bend, y: (from.y + to.y) / 2 + (dx / distance) * bend };
    const angle = Math.atan2(to.y - control.y, to.x - control.x);
    for (const [colour, width] of [[colours.page, 5], [colours.arrow, 2]]) {
      context.strokeStyle = context.fillStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.quadraticCurveTo(control.x, control.y, to.x - 5 * Math.cos(angle), to.y - 5 * Math.sin(angle));
      context.stroke();
    }
    context.beginPath();
    context.moveTo(to.x, to.y);
    context.lineTo(to.x - 9 * Math.cos(angle - 0.45), to.y - 9 * Math.sin(angle - 0.45));
    context.lineTo(to.x - 9 * Math.cos(angle + 0.45), to.y - 9 * Math.sin(angle + 0.45));
    context.closePath();
    context.fill();
  }

  /** @param {Scene} scene */
  _drawSelection({ slab, slots, selected, theme }) {
    if (selected < 0 || selected >= slots.status.length) return;
    const { start, length, rowLen } = this.window(slab);
    const from = Math.max(selected * slab.slotSize, start);
    const to = Math.min((selected + 1) * slab.slotSize, start + length);
    const colours = coloursOf(theme);
    for (const [colour, width] of [[colours.page, 5], [colours.select, 2.5]]) {
      this.context.strokeStyle = colour;
      this.context.lineWidth = width;
      const spansRows = to - from > rowLen;
      if (from >= to) return;
      const { x, y, rowHeight } = this.point(slab, from);
      const w = spansRows ? this.width : ((to - from) / rowLen) * this.width;
      const h = rowHeight * Math.ceil((to - from) / rowLen);
      this.context.strokeRect(x - 1.5, y - 1.5, w + 2, h + 2); // around the slot, so that all of it shows
    }
  }
}

/**
 * @param {Uint32Array} pixels @param {number} width @param {Uint32Array} tiles @param {number} look
 * @param {number} x0 @param {number} x1 @param {number} y0 @param {number} y1
 */
function fill(pixels, width, tiles, look, x0, x1, y0, y1) {
  for (let y = y0; y < y1; y++) {
    const line = y * width;
    const tileRow = look * TILE * TILE + (y % TILE) * TILE;
    for (let x = x0; x < x1; x++) pixels[line + x] = tiles[tileRow + (x % TILE)];
  }
}
