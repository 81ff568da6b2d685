/**
 * The SchedulePlayer widget: the reader is the scheduler. Python moves the threads, one message a press. Boards that
 * were shown are kept, so that without a kernel the reader can still go through them, back and forward.
 */

import { element, keepKeys, scrolling, setText } from "./dom.js";
import { oneOfMany, watchTheme } from "./palette.js";
import { asking } from "./traits.js";

const AS_IT_STOOD = "This is the run as it stood; in a notebook you move the threads yourself.";
const SILENCE = "No word from the kernel: it may be busy, or have ended. What was seen can still be gone through; " +
  "to move threads, run the cell again.";

/**
 * @typedef {{name: string, can_move: boolean, next: string, at: string, source: string}} Thread
 * @typedef {{
 *   threads: Thread[], steps: {thread: number, lines: string[]}[], state: string, verdict: string, schedule: number[],
 *   preemptions: number, branches: number[][], refusal: string,
 * }} Board
 */

class SchedulePlayer {
  /** @param {any} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    this.python = asking(model, () => this.goOnAlone());
    this.isAlone = !model.get("_live");
    /** @type {Map<string, Board>} */ this.seen = new Map(); // by schedule
    /** @type {number[]} */ this.way = []; // the longest schedule that goes on from where the reader is
    this.shown = this.kernelBoard();
    this._rememberTheWay();
    this.state = element("p", { class: "rf-step", "aria-live": "polite" });
    this.note = element("p", { role: "status" });
    this.backButton = element("button", { type: "button", onclick: () => this.go(this.shown.steps.length - 1) }, "‹ back");
    this.startButton = element("button", { type: "button", onclick: () => this.go(0) }, "« to the start");
    this.forwardButton = element("button", { type: "button", onclick: () => this.go(this.shown.steps.length + 1) }, "forward ›");
    this.branchButton = element("button", { type: "button", onclick: () => this.ask("branch") }, "keep as a branch");
    this.branches = element("span", { class: "rf-bar" });
    this.columns = this.shown.threads.map((thread, index) => this._column(thread, index));
    this.steps = element("table", { class: "rf-table rf-steps" }, element("caption", {}, "Steps"));
    this.stepsBox = scrolling(this.steps);
    this.stepsBox.classList.add("rf-tall");
    this.root = element("div", { class: "refalloc" },
      element("div", { class: "rf-head" }, element("strong", {}, model.get("title"))),
      element("div", { class: "rf-told rf-short" }, this.state, this.note),
      element("div", { class: "rf-threads" }, ...this.columns.map((column) => column.root)),
      element("div", { class: "rf-bar" }, this.startButton, this.backButton, this.forwardButton, this.branchButton, this.branches),
      this.stepsBox);
    keepKeys(this.root);
    el.replaceChildren(this.root);
    this.onBoard = () => {
      this.isAlone = !model.get("_live");
      this.show(this.kernelBoard());
    };
    model.on("change:_board", this.onBoard);
    this.unwatch = watchTheme((theme) => {
      this.root.dataset.theme = theme;
    });
    this.show(this.shown);
  }

  /** @returns {Board} */
  kernelBoard() {
    return this.model.get("_board");
  }

  /** The boards before each step that was there to begin with. */
  _rememberTheWay() {
    const { steps, branches } = this.shown;
    for (const [count, board] of /** @type {Board[]} */ (this.model.get("_way")).entries()) {
      this.remember({ ...board, steps: steps.slice(0, count), branches, refusal: "" });
    }
  }

  /** @param {Board} board */
  remember(board) {
    this.seen.set(String(board.schedule), board);
    if (board.schedule.some((thread, step) => this.way[step] !== thread)) this.way = board.schedule;
  }

  /** @param {Thread} thread @param {number} index */
  _column({ name }, index) {
    const next = element("p");
    const at = element("p", { class: "rf-faint" });
    const source = element("code", { class: "rf-source" });
    const move = element("button", { type: "button", onclick: () => this.ask("step", index) }, `Move ${name}`);
    const root = element("section", { class: "rf-thread", style: `--token: ${oneOfMany(index)}`, "aria-label": name },
      element("h3", {}, name), next, at, source, move);
    return { root, next, at, source, move };
  }

  /** @param {string} action @param {...number} args */
  ask(action, ...args) {
    this.python.ask({ action, arguments: args });
  }

  goOnAlone() {
    this.isAlone = true;
    this.show(this.shown);
  }

  /** To where `count` steps of the way have been taken. @param {number} count */
  go(count) {
    const now = this.shown.steps.length;
    if (this.isAlone) this.show(/** @type {Board} */ (this.seen.get(String(this.way.slice(0, count)))));
    else if (count > now) this.ask("step", this.way[now]);
    else this.ask("back", now - count);
  }

  /** @param {number} branch @param {number[]} schedule */
  returnTo(branch, schedule) {
    if (this.isAlone) this.show(/** @type {Board} */ (this.seen.get(String(schedule))));
    else this.ask("return", branch);
  }

  /** @param {number} count @returns {boolean} */
  canGo(count) {
    return count >= 0 && count <= this.way.length && (!this.isAlone || this.seen.has(String(this.way.slice(0, count))));
  }

  /** @param {Board} board */
  show(board) {
    this.python.heard();
    this.shown = board;
    this.remember(board);
    const isLive = !this.isAlone;
    setText(this.state, board.state);
    setText(this.note, isLive ? board.refusal : this.model.get("_live") ? SILENCE : AS_IT_STOOD);
    board.threads.forEach((thread, index) => {
      const { next, at, source, move, root } = this.columns[index];
      setText(next, thread.next === "has ended" ? "has ended" : `next: ${thread.next}${thread.can_move ? "" : ", but cannot move"}`);
      setText(at, thread.at !== "" ? `at ${thread.at}` : thread.next === "has ended" ? "" : "not started");
      setText(source, thread.source);
      move.disabled = !isLive || !thread.can_move;
      root.classList.toggle("rf-able", thread.can_move);
    });
    const count = board.steps.length;
    this.startButton.disabled = count === 0 || !this.canGo(0);
    this.backButton.disabled = !this.canGo(count - 1);
    this.forwardButton.disabled = !this.canGo(count + 1);
    this.branchButton.disabled = !isLive;
    this.branches.replaceChildren(...board.branches.map((schedule, index) => element("button", {
      type: "button", disabled: !isLive && !this.seen.has(String(schedule)), onclick: () => this.returnTo(index, schedule),
    }, `branch ${index + 1}: ${schedule.length} steps`)));
    this._fillSteps(board);
  }

  /** A row for each step: what its thread did, in its column. @param {Board} board */
  _fillSteps({ steps, threads, verdict }) {
    this.steps.tHead?.remove();
    this.steps.createTHead().append(element("tr", {},
      element("th", { scope: "col" }, "step"), ...threads.map(({ name }) => element("th", { scope: "col" }, name))));
    const body = element("tbody", {}, ...steps.map((step, index) => element("tr", {
      class: verdict !== "" && index === steps.length - 1 ? "rf-wrong" : null,
    }, element("th", { scope: "row" }, String(index + 1)), ...threads.map((_, thread) => element("td", {
      style: thread === step.thread ? `--token: ${oneOfMany(thread)}` : null, class: thread === step.thread ? "rf-did" : null,
    }, thread === step.thread ? step.lines.join("; ") : "")))));
    this.steps.tBodies[0]?.remove();
    this.steps.append(body);
    this.stepsBox.scrollTop = this.stepsBox.scrollHeight;
  }

  dispose() {
    this.python.heard();
    this.model.off("change:_board", this.onBoard);
    this.unwatch();
  }
}

export default {
  /** @param {{model: any, el: HTMLElement}} place */
  render({ model, el }) {
    const view = new SchedulePlayer(model, el);
    return () => view.dispose();
  },
};
