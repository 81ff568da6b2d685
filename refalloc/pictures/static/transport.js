/**
 * Going through a recording: slider, play, steps, calls, marks. It owns the event number, and tells each change once
 * a frame, however fast the slider moves.
 */

import { button, choice, element, setText, wantsLessMotion, watchRoom } from "./dom.js";
import { KIND } from "./events.js";
import { MARKS, count } from "./story.js";
import { coloursOf } from "./palette.js";

const PLAY_MS = 20_000; // a long recording plays in this time
const SLOWEST_PER_SECOND = 6; // events, in a short one
const CALLS = new Set([KIND.RETURN_ALLOC, KIND.RETURN_FREE, KIND.RETURN_RESIZE, KIND.RETURN_REMAP, KIND.RAISE]);
const MARK_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#d1006c"];

export class Transport {
  /**
   * @param {import("./timeline.js").Timeline} timeline
   * @param {number} n the event to begin at
   * @param {(n: number) => void} onChange
   */
  constructor(timeline, n, onChange) {
    this.timeline = timeline;
    this.last = timeline.recording.count - 1;
    this.n = Math.min(Math.max(n, 0), this.last);
    this.onChange = onChange;
    this.frame = 0;
    this.shown = 0; // the event number of play, which goes on by parts of one
    this.playing = 0; // the time of the last frame of play, 0 when it stands
    this.theme = /** @type {import("./palette.js").Theme} */ ("light");
    this.slider = element("input", {
      type: "range", min: 0, max: this.last, value: this.n, step: 1, "aria-label": "event", class: "rf-slider",
      oninput: () => this.goTo(Number(this.slider.value)),
    });
    this.strip = element("canvas", { class: "rf-marks", "aria-hidden": "true", height: 10 });
    this.playButton = button("Play", "play the recording", () => this.toggle());
    this.number = element("input", {
      type: "number", min: 0, max: this.last, value: this.n, class: "rf-number",
      onchange: () => this.goTo(Number(this.number.value)),
    });
    this.alloc = element("input", {
      type: "number", min: 1, class: "rf-number", placeholder: "no.",
      onchange: () => this.goToAlloc(Number(this.alloc.value)),
    });
    const counts = MARKS.map((_, kind) => this.timeline.marks.filter((mark) => mark[1] === kind).length);
    this.mark = choice("marks", MARKS.map((name, kind) => [String(kind), `${name} (${count(counts[kind])})`]), () => this.drawMarks());
    const first = counts.findIndex((total) => total > 0);
    this.mark.select.value = String(first === -1 ? 0 : first);
    this.root = element("div", { class: "rf-transport" },
      element("div", { class: "rf-bar" },
        button("« call", "back to the end of the call before", () => this.call(-1)),
        button("‹ step", "one step back, to the event before", () => this.goTo(this.n - 1)),
        this.playButton,
        button("step ›", "one step on, to the next event", () => this.goTo(this.n + 1)),
        button("call »", "on to the end of the next call", () => this.call(1)),
        element("label", {}, "event ", this.number, element("span", { class: "rf-faint" }, ` of ${count(this.last)}`)),
        element("label", {}, "alloc ", this.alloc)),
      element("div", { class: "rf-track" }, this.strip, this.slider),
      element("div", { class: "rf-bar" },
        this.mark.root,
        button("‹ mark", "back to the mark before", () => this.toMark(-1)),
        button("mark ›", "on to the next mark", () => this.toMark(1))));
    this.unwatchRoom = watchRoom(this.strip, () => this.drawMarks());
  }

  /** @param {number} n */
  goTo(n) {
    if (!Number.isFinite(n)) return;
    this.n = Math.min(Math.max(Math.round(n), 0), this.last);
    if (this.frame === 0) this.frame = requestAnimationFrame((time) => this._tick(time));
  }

  /** To the end of the `number`th alloc, from 1, or of the last where there are fewer. @param {number} number */
  goToAlloc(number) {
    const { kind, count: total } = this.timeline.recording;
    let left = Math.max(1, number);
    let last = -1;
    for (let i = 0; i < total; i++) {
      if (kind[i] !== KIND.CALL_ALLOC) continue;
      last = i;
      if (--left === 0) break;
    }
    if (last !== -1) this.goTo(this._returnOf(last));
  }

  /** The event that ends the call that begins at `i`. @param {number} i */
  _returnOf(i) {
    const { kind, thread } = this.timeline.recording;
    let end = i + 1;
    while (end < this.last && !(thread[end] === thread[i] && CALLS.has(kind[end]))) end++;
    return end;
  }

  /** To the end of another call. @param {1 | -1} direction */
  call(direction) {
    const { kind } = this.timeline.recording;
    let n = this.n + direction;
    while (n > 0 && n < this.last && !CALLS.has(kind[n])) n += direction;
    this.goTo(n);
  }

  /** @param {1 | -1} direction */
  toMark(direction) {
    const kind = Number(this.mark.select.value);
    const events = this.timeline.marks.filter((mark) => mark[1] === kind).map((mark) => mark[0]);
    const found = direction === 1 ? events.find((n) => n > this.n) : events.findLast((n) => n < this.n);
    if (found !== undefined) this.goTo(found);
  }

  toggle() {
    if (this.playing !== 0) {
      this.stop();
      return;
    }
    if (this.n === this.last) this.n = 0;
    this.playing = performance.now();
    this.shown = this.n;
    setText(this.playButton, "Pause");
    this.playButton.setAttribute("aria-label", "pause");
    if (this.frame === 0) this.frame = requestAnimationFrame((time) => this._tick(time));
  }

  stop() {
    this.playing = 0;
    setText(this.playButton, "Play");
    this.playButton.setAttribute("aria-label", "play the recording");
  }

  /** @param {number} time */
  _tick(time) {
    this.frame = 0;
    if (this.playing !== 0) this._play(time);
    this.slider.value = String(this.n);
    this.onChange(this.n);
    if (this.playing !== 0) this.frame = requestAnimationFrame((next) => this._tick(next));
  }

  /** @param {number} time */
  _play(time) {
    if (this.n !== Math.floor(this.shown)) this.shown = this.n; // the reader moved the slider meanwhile
    const elapsed = Math.max(0, time - this.playing);
    const interval = wantsLessMotion() ? 1000 : 0; // ms: still pictures, one after the other
    if (elapsed < interval) return;
    this.playing = Math.max(time, this.playing);
    const perMs = Math.max(SLOWEST_PER_SECOND / 1000, this.last / PLAY_MS);
    this.shown = Math.min(this.last, this.shown + elapsed * perMs);
    this.n = Math.floor(this.shown);
    if (this.n === this.last) this.stop();
  }

  /** Tell the moment, in numbers and in words. @param {string} text what the slider says of its value */
  say(text) {
    if (document.activeElement !== this.number) this.number.value = String(this.n);
    if (this.slider.getAttribute("aria-valuetext") !== text) this.slider.setAttribute("aria-valuetext", text);
  }

  /** @param {import("./palette.js").Theme} [theme] */
  drawMarks(theme = this.theme) {
    this.theme = theme;
    const width = this.strip.clientWidth;
    if (width === 0) return;
    const scale = devicePixelRatio;
    this.strip.width = Math.round(width * scale);
    this.strip.height = Math.round(10 * scale);
    const context = this.strip.getContext("2d");
    context.scale(scale, scale);
    context.fillStyle = coloursOf(theme).line;
    context.fillRect(0, 9, width, 1);
    const chosen = Number(this.mark.select.value);
    for (const isChosen of [false, true]) {
      let drawnAt = -1;
      for (const [n, kind] of this.timeline.marks) {
        const x = 8 + (n / Math.max(1, this.last)) * (width - 16) - 0.75;
        if ((kind === chosen) !== isChosen || Math.round(x * scale) === drawnAt) continue; // thousands may share a pixel
        drawnAt = Math.round(x * scale);
        context.fillStyle = isChosen ? MARK_COLOURS[kind] : coloursOf(theme).faint;
        context.fillRect(x, isChosen ? 0 : 6, 1.5, isChosen ? 9 : 3);
      }
    }
  }

  dispose() {
    this.playing = 0;
    cancelAnimationFrame(this.frame);
    this.unwatchRoom();
  }
}
