/** The SizeClasses widget: a length, the slot that it gets, and what is spare. */

import { element, fillTable, freshId, keepKeys, scrolling, setText, watchRoom } from "./dom.js";
import { coloursOf, oneOfMany, watchTheme } from "./palette.js";
import { count, sentence } from "./story.js";
import { sendLater } from "./traits.js";

const PAGE_LEN = 4096;
const MAX_LENGTH_LOG2 = 17;
const MAX_ALIGN_LOG2 = 16;
const SMALLEST_SPAN = 256;
const STEPS = 64; // of the slider, for each doubling
const DASHES = [[], [8, 4], [2, 3]];

/**
 * The slot of a block; size_classes.py has the same rule.
 * @param {number[]} sizes @param {number} length @param {number} alignment
 */
export function fit(sizes, length, alignment) {
  const sizeClass = sizes.findIndex((size) => size >= length && size % alignment === 0);
  return { sizeClass, slot: sizeClass === -1 ? Math.ceil(length / PAGE_LEN) * PAGE_LEN : sizes[sizeClass] };
}

/** How far the stair is drawn: bytes, a power of two above the slot. @param {number} length @param {number} slot */
export function span(length, slot) {
  return Math.max(SMALLEST_SPAN, 2 ** (Math.ceil(Math.log2(length)) + 1), 2 ** (Math.floor(Math.log2(slot)) + 1));
}

/**
 * Corners of the stair of asked against given, as far as `limit` is asked: [asked, given]. Past the slots, pages.
 * @param {number[]} sizes @param {number} limit @param {number} alignment
 * @returns {number[][]}
 */
export function stair(sizes, limit, alignment) {
  /** @type {number[][]} */ const corners = [];
  let asked = 0;
  while (asked < limit) {
    const given = fit(sizes, asked + 1, alignment).slot;
    corners.push([asked, given], [Math.min(given, limit), given]);
    asked = given;
  }
  return corners;
}

/** @param {number} part @param {number} whole */
function percent(part, whole) {
  const tenths = Math.floor((2000 * part + whole) / (2 * whole)); // half up: both languages round alike
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}

/** @param {Record<string, number[]>} spacings @param {number} length @param {number} alignment */
export function fitSentence(spacings, length, alignment) {
  const { sizeClass, slot } = fit(Object.values(spacings)[0], length, alignment);
  return sentence(sizeClass === -1 ? "fit.large" : "fit", {
    length: count(length), alignment, slot: count(slot), size_class: sizeClass, spare: count(slot - length),
    share: percent(slot - length, slot),
  });
}

/** @param {Record<string, number[]>} spacings @param {number} length @param {number} alignment */
export function spacingTable(spacings, length, alignment) {
  return {
    columns: ["spacing", "classes", "class", "slot", "spare", "share"],
    rows: Object.entries(spacings).map(([name, sizes]) => {
      const { sizeClass, slot } = fit(sizes, length, alignment);
      return [name, String(sizes.length), sizeClass === -1 ? "large" : String(sizeClass), count(slot),
        count(slot - length), `${percent(slot - length, slot)} %`];
    }),
  };
}

class SizeClasses {
  /** @param {any} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    this.spacings = /** @type {Record<string, number[]>} */ (model.get("_spacings"));
    this.theme = /** @type {import("./palette.js").Theme} */ ("light");
    this.send = sendLater(model, el, () => true);
    const id = freshId();
    this.slider = element("input", {
      type: "range", min: 0, max: MAX_LENGTH_LOG2 * STEPS, class: "rf-slider", "aria-labelledby": id,
      oninput: () => this.set("length", Math.round(2 ** (Number(this.slider.value) / STEPS))),
    });
    this.number = element("input", {
      type: "number", min: 1, max: 2 ** MAX_LENGTH_LOG2, class: "rf-number", "aria-labelledby": id,
      oninput: () => this.set("length", Math.min(Math.max(1, Math.round(Number(this.number.value))), 2 ** MAX_LENGTH_LOG2)),
    });
    const alignId = freshId();
    this.alignment = element("input", {
      type: "range", min: 0, max: MAX_ALIGN_LOG2, class: "rf-slider", "aria-labelledby": alignId,
      oninput: () => this.set("align_log2", Number(this.alignment.value)),
    });
    this.alignmentSaid = element("strong", { "aria-hidden": "true" }); // the slider tells it to a screen reader
    this.said = element("p", { class: "rf-step", "aria-live": "polite" });
    this.canvas = element("canvas", { class: "rf-chart", role: "img", "aria-label": "stair of bytes given against bytes asked for" });
    this.table = element("table", { class: "rf-table" }, element("caption", {}, "Spacings"));
    this.root = element("div", { class: "refalloc" },
      element("div", { class: "rf-head" }, element("strong", {}, model.get("title"))),
      element("div", { class: "rf-bar" }, element("span", { id }, "length in bytes"), this.number),
      this.slider,
      element("div", { class: "rf-bar" }, element("span", { id: alignId }, "alignment in bytes"), this.alignmentSaid),
      this.alignment,
      element("div", { class: "rf-told rf-short" }, this.said),
      this.canvas,
      scrolling(this.table));
    keepKeys(this.root);
    el.replaceChildren(this.root);
    this.onModel = () => this.show();
    model.on("change:length change:align_log2", this.onModel);
    this.show();
    this.unwatch = watchTheme((theme) => {
      this.theme = this.root.dataset.theme = theme;
      this.draw();
    });
    this.unwatchRoom = watchRoom(this.canvas, () => this.draw());
  }

  /** @param {string} trait @param {number} value */
  set(trait, value) {
    if (!Number.isFinite(value)) return;
    this.model.set(trait, value);
    this.send();
  }

  show() {
    this.length = this.model.get("length");
    this.alignLength = 2 ** this.model.get("align_log2");
    this.slider.value = String(Math.round(Math.log2(this.length) * STEPS));
    this.slider.setAttribute("aria-valuetext", `${count(this.length)} bytes`);
    if (document.activeElement !== this.number) this.number.value = String(this.length);
    this.alignment.value = String(this.model.get("align_log2"));
    this.alignment.setAttribute("aria-valuetext", `${count(this.alignLength)} bytes`);
    setText(this.alignmentSaid, count(this.alignLength));
    setText(this.said, fitSentence(this.spacings, this.length, this.alignLength));
    fillTable(this.table, spacingTable(this.spacings, this.length, this.alignLength));
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || this.length === undefined || this.alignLength === undefined) return;
    const scale = devicePixelRatio;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    const context = this.canvas.getContext("2d");
    context.scale(scale, scale);
    const colours = coloursOf(this.theme);
    const box = { left: 64, right: width - 12, top: 10, bottom: height - 40 };
    const { alignLength } = this;
    const { slot } = fit(Object.values(this.spacings)[0], this.length, alignLength);
    const limit = span(this.length, slot);
    const x = (/** @type {number} */ asked) => box.left + (asked / limit) * (box.right - box.left);
    const y = (/** @type {number} */ given) => box.bottom - (Math.min(given, limit) / limit) * (box.bottom - box.top);
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = colours.faint;
    context.strokeStyle = colours.line;
    for (let tick = 0; tick <= 4; tick++) {
      const bytes = (limit / 4) * tick;
      line(context, [[box.left, y(bytes)], [box.right, y(bytes)]], 1);
      context.textAlign = "right";
      context.fillText(count(bytes), box.left - 6, y(bytes) + 4);
      context.textAlign = tick === 4 ? "right" : "center";
      context.fillText(count(bytes), x(bytes), box.bottom + 16);
    }
    context.textAlign = "left";
    context.fillText("bytes asked for; upwards, bytes given", box.left, height - 6);
    Object.entries(this.spacings).reverse().forEach(([name, sizes], reversed) => {
      const index = Object.keys(this.spacings).length - 1 - reversed;
      context.strokeStyle = oneOfMany(index);
      context.setLineDash(DASHES[index % DASHES.length]);
      line(context, stair(sizes, limit, alignLength).map(([asked, given]) => [x(asked), y(given)]), 2.5);
      line(context, [[box.left + 10, box.top + 12 + index * 18], [box.left + 40, box.top + 12 + index * 18]], 2.5);
      context.fillStyle = colours.ink;
      context.fillText(name, box.left + 46, box.top + 16 + index * 18);
    });
    context.setLineDash([]);
    this._drawSpare(context, x(this.length), y(this.length), y(slot), `${count(slot - this.length)} spare`, colours);
  }

  /**
   * @param {CanvasRenderingContext2D} context @param {number} x @param {number} asked @param {number} given both upwards
   * @param {string} text @param {Record<string, any>} colours
   */
  _drawSpare(context, x, asked, given, text, colours) {
    context.strokeStyle = context.fillStyle = colours.select;
    line(context, [[x, asked], [x, given]], 4);
    context.beginPath();
    context.arc(x, given, 5, 0, 2 * Math.PI);
    context.fill();
    context.font = "bold 12px system-ui, sans-serif";
    const left = x + 8 + context.measureText(text).width > this.canvas.clientWidth ? x - 8 - context.measureText(text).width : x + 8;
    context.strokeStyle = colours.page; // a rim, so that it can be read over the stairs, and they seen beside it
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeText(text, left, given - 8);
    context.fillText(text, left, given - 8);
  }

  dispose() {
    this.model.off("change:length change:align_log2", this.onModel);
    this.send.cancel();
    this.unwatch();
    this.unwatchRoom();
  }
}

/** @param {CanvasRenderingContext2D} context @param {number[][]} points @param {number} width */
function line(context, points, width) {
  context.lineWidth = width;
  context.beginPath();
  points.forEach(([x, y], index) => (index === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.stroke();
}

export default {
  /** @param {{model: any, el: HTMLElement}} place */
  render({ model, el }) {
    const view = new SizeClasses(model, el);
    return () => view.dispose();
  },
};
