/** The SlabRuler widget: why a slab is aligned to its own length. */

import { choice, element, fillTable, freshId, keepKeys, scrolling, setText, watchRoom } from "./dom.js";
import { coloursOf, watchTheme } from "./palette.js";
import { count, sentence } from "./story.js";
import { sendLater } from "./traits.js";

const PAGE_LEN = 4096;
const FIRST_ROWS = 3;
const LAST_ROWS = 5;
const SMALLEST_SLOT = 8;

/**
 * What alloc does with a slab that begins `shift` bytes past a multiple of `slabLen`; slab_ruler.py has the same rule.
 * @param {number} slabLen @param {number} slot @param {number} shift
 */
export function ruler(slabLen, slot, shift) {
  const room = slabLen / slot;
  let handedOut = 1;
  while ((shift + handedOut * slot) % slabLen !== 0 && handedOut < room) handedOut++;
  const isPast = (shift + handedOut * slot) % slabLen !== 0;
  return { outcome: isPast ? "past" : shift === 0 ? "aligned" : "early", handedOut };
}

/** @param {number} slabLen @param {number} slot @param {number} shift */
export function rulerSentence(slabLen, slot, shift) {
  const { outcome, handedOut } = ruler(slabLen, slot, shift);
  return sentence(`ruler.${outcome}`, {
    slab_len: count(slabLen), shift: count(shift), last: count(handedOut - 1), count: count(handedOut),
    room: count(slabLen / slot), lost: count(slabLen - handedOut * slot),
  });
}

/** @param {number} slabLen @param {number} slot @param {number} shift */
export function slotTable(slabLen, slot, shift) {
  const { outcome, handedOut } = ruler(slabLen, slot, shift);
  const shown = handedOut + (outcome === "past" ? 1 : 0);
  const rows = [];
  for (let index = 0; index < shown; index++) {
    if (index >= FIRST_ROWS && index < shown - LAST_ROWS) {
      if (index === FIRST_ROWS) rows.push(["…", "", "", ""]);
      continue;
    }
    const offset = index * slot;
    const rest = (shift + offset + slot) % slabLen;
    const name = offset >= slabLen ? "ruler.outside" : rest === 0 ? "ruler.used_up" : "ruler.goes_on";
    rows.push([count(index), count(offset), count(rest), sentence(name, {})]);
  }
  return { columns: ["slot", "offset in the slab", `next_addr % ${slabLen} after it`, "the test says"], rows };
}

class SlabRuler {
  /** @param {any} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    this.slabLen = model.get("_slab_len");
    this.theme = /** @type {import("./palette.js").Theme} */ ("light");
    this.send = sendLater(model, el, () => true);
    const id = freshId();
    const classes = [];
    for (let slot = SMALLEST_SLOT, c = 0; slot < this.slabLen; slot *= 2, c++) classes.push(/** @type {[string, string]} */ ([String(c), `${c}: ${count(slot)} bytes`]));
    this.sizeClass = choice("class", classes, (value) => this.set("size_class", Number(value)));
    this.slider = element("input", {
      type: "range", min: 0, max: this.slabLen / PAGE_LEN - 1, class: "rf-slider", "aria-labelledby": id,
      oninput: () => this.set("pages", Number(this.slider.value)),
    });
    this.said = element("p", { class: "rf-step", "aria-live": "polite" });
    this.canvas = element("canvas", { class: "rf-ruler", role: "img", "aria-label": "a slab on a ruler of slab lengths" });
    this.table = element("table", { class: "rf-table" }, element("caption", {}, "Slots"));
    this.root = element("div", { class: "refalloc" },
      element("div", { class: "rf-head" }, element("strong", {}, model.get("title"))),
      element("div", { class: "rf-bar" }, this.sizeClass.root, element("span", { id }, "slab moved by pages of 4,096 bytes")),
      this.slider,
      element("div", { class: "rf-told rf-short" }, this.said),
      this.canvas,
      element("p", { class: "rf-faint" },
        "Blue: slots handed out. Striped in the slab: lost, never handed out. Striped past its end: a slot that is not the allocator's."),
      scrolling(this.table));
    keepKeys(this.root);
    el.replaceChildren(this.root);
    this.onModel = () => this.show();
    model.on("change:size_class change:pages", this.onModel);
    this.show();
    this.unwatch = watchTheme((theme) => {
      this.theme = this.root.dataset.theme = theme;
      this.draw();
    });
    this.unwatchRoom = watchRoom(this.canvas, () => this.draw());
  }

  /** @param {string} trait @param {number} value */
  set(trait, value) {
    this.model.set(trait, value);
    this.send();
  }

  show() {
    const slot = SMALLEST_SLOT * 2 ** this.model.get("size_class");
    const shift = this.model.get("pages") * PAGE_LEN;
    this.sizeClass.select.value = String(this.model.get("size_class"));
    this.slider.value = String(this.model.get("pages"));
    this.slider.setAttribute("aria-valuetext", `${this.model.get("pages")} pages, ${count(shift)} bytes`);
    setText(this.said, rulerSentence(this.slabLen, slot, shift));
    fillTable(this.table, slotTable(this.slabLen, slot, shift));
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0) return;
    const scale = devicePixelRatio;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    /** @type {CanvasRenderingContext2D} */ const context = this.canvas.getContext("2d");
    context.scale(scale, scale);
    const colours = coloursOf(this.theme);
    const slot = SMALLEST_SLOT * 2 ** this.model.get("size_class");
    const shift = this.model.get("pages") * PAGE_LEN;
    const { outcome, handedOut } = ruler(this.slabLen, slot, shift);
    const x = (/** @type {number} */ addr) => 4 + (addr / (2 * this.slabLen + PAGE_LEN)) * (width - 8);
    const [top, bottom] = [30, 96];
    striped(context, x(shift), x(shift + this.slabLen), top, bottom, colours.free);
    context.fillStyle = colours.live[0];
    context.fillRect(x(shift), top, x(shift + handedOut * slot) - x(shift), bottom - top);
    if (outcome === "past") striped(context, x(shift + this.slabLen), x(shift + this.slabLen + slot), top, bottom, colours.held);
    context.fillStyle = colours.gap;
    if (slot >= PAGE_LEN / 4) for (let i = 1; i < handedOut; i++) context.fillRect(x(shift + i * slot) - 0.5, top, 1, bottom - top);
    context.strokeStyle = colours.ink;
    context.lineWidth = 1.5;
    context.strokeRect(x(shift), top, x(shift + this.slabLen) - x(shift), bottom - top);
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = colours.ink;
    for (let page = 0; page <= (2 * this.slabLen) / PAGE_LEN; page++) {
      const isSlab = (page * PAGE_LEN) % this.slabLen === 0;
      context.fillRect(x(page * PAGE_LEN) - (isSlab ? 1.5 : 0.5), isSlab ? 8 : bottom + 4, isSlab ? 3 : 1, isSlab ? bottom + 6 : 8);
      if (!isSlab) continue;
      const isLast = page * PAGE_LEN === 2 * this.slabLen;
      context.textAlign = isLast ? "right" : "left";
      context.fillText(count(page * PAGE_LEN), x(page * PAGE_LEN) + (isLast ? -6 : 6), 18);
    }
    context.textAlign = "left";
    if (shift > 0) context.fillText("slab", x(shift) + 6, bottom + 28);
  }

  dispose() {
    this.model.off("change:size_class change:pages", this.onModel);
    this.send.cancel();
    this.unwatch();
    this.unwatchRoom();
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {number} left @param {number} right
 * @param {number} top @param {number} bottom @param {string[]} colours ground and stripes
 */
function striped(context, left, right, top, bottom, [ground, stripes]) {
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  context.fillStyle = ground;
  context.fillRect(left, top, right - left, bottom - top);
  context.strokeStyle = stripes;
  context.lineWidth = 3;
  for (let x = left - (bottom - top); x < right; x += 10) {
    context.beginPath();
    context.moveTo(x, bottom);
    context.lineTo(x + bottom - top, top);
    context.stroke();
  }
  context.restore();
}

export default {
  /** @param {{model: any, el: HTMLElement}} place */
  render({ model, el }) {
    const view = new SlabRuler(model, el);
    return () => view.dispose();
  },
};
