/** The SchedulePlayer widget: the reader is the scheduler. Python moves the threads, one message a press. */

import { element, keepKeys, scrolling, setText } from "./dom.js";
import { oneOfMany, watchTheme } from "./palette.js";

const PATIENCE_MS = 5000; // a move takes some milliseconds; without word by then, nobody is there

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
    this.timer = 0;
    this.state = element("p", { class: "rf-step", "aria-live": "polite" });
    this.note = element("p", { role: "status" });
    this.backButton = element("button", { type: "button", onclick: () => this.ask("back") }, "‹ back");
    this.startButton = element("button", { type: "button", onclick: () => this.ask("back", this.board().steps.length) }, "« to the start");
    this.branchButton = element("button", { type: "button", onclick: () => this.ask("branch") }, "keep as a branch");
    this.branches = element("span", { class: "rf-bar" });
    this.columns = this.board().threads.map((thread, index) => this._column(thread, index));
    this.steps = element("table", { class: "rf-table rf-steps" }, element("caption", {}, "Steps"));
    this.stepsBox = scrolling(this.steps);
    this.stepsBox.classList.add("rf-tall");
    this.root = element("div", { class: "refalloc" },
      element("div", { class: "rf-head" }, element("strong", {}, model.get("title"))),
      element("div", { class: "rf-told rf-short" }, this.state, this.note),
      element("div", { class: "rf-threads" }, ...this.columns.map((column) => column.root)),
      element("div", { class: "rf-bar" }, this.backButton, this.startButton, this.branchButton, this.branches),
      this.stepsBox);
    keepKeys(this.root);
    el.replaceChildren(this.root);
    this.onBoard = () => this.show();
    model.on("change:_board", this.onBoard);
    this.unwatch = watchTheme((theme) => {
      this.root.dataset.theme = theme;
    });
    this.show();
  }

  /** @returns {Board} */
  board() {
    return this.model.get("_board");
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
    this.model.send({ action, arguments: args });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => setText(this.note, "No word from the kernel: it may have ended. Run the cell again."), PATIENCE_MS);
  }

  show() {
    clearTimeout(this.timer);
    const board = this.board();
    const isLive = this.model.get("_live");
    setText(this.state, board.state);
    setText(this.note, isLive ? board.refusal : "This is the run as it stood; in a notebook you move the threads yourself.");
    board.threads.forEach((thread, index) => {
      const { next, at, source, move, root } = this.columns[index];
      setText(next, thread.next === "has ended" ? "has ended" : `next: ${thread.next}${thread.can_move ? "" : ", but cannot move"}`);
      setText(at, thread.at !== "" ? `at ${thread.at}` : thread.next === "has ended" ? "" : "not started");
      setText(source, thread.source);
      move.disabled = !isLive || !thread.can_move;
      root.classList.toggle("rf-able", thread.can_move);
    });
    this.backButton.disabled = this.startButton.disabled = !isLive || board.steps.length === 0;
    this.branchButton.disabled = !isLive;
    this.branches.replaceChildren(...board.branches.map((schedule, index) => element("button", {
      type: "button", disabled: !isLive, onclick: () => this.ask("return", index),
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
    clearTimeout(this.timer);
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
