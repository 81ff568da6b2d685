/** The CheckPanel widget: results of an exercise's checks, live; its file and its hints. */

import { element, fillTable, keepKeys, scrolling, setText } from "./dom.js";
import { watchTheme } from "./palette.js";
import { asking } from "./traits.js";

/** @type {Record<string, string>} */
const MARKS = {
  correct: "✓", incorrect: "✗", crashed: "✗", "timed out": "✗", "not attempted": "○", "not reached": "·",
};
const WATCHED = "change:_report change:_tests change:_running change:_hints change:_problem";
const SILENCE = "No word from the kernel: it may be busy, or have ended. If it has, run the cell again.";
const COLUMNS = /\S {2,}\S/; // as in the table of a schedule

/**
 * @typedef {{name: string, outcome: string, points: number, max_points: number, message: string, lines: string[]}} Test
 * @typedef {{outcome: string, points: number, max_points: number, message: string, lines: string[], printed: string}} Report
 */

class CheckPanel {
  /** @param {any} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    const exercise = model.get("_exercise");
    this.outcome = element("p", { class: "rf-step", role: "status" });
    this.message = element("p");
    this.problem = element("p", { role: "alert" });
    this.python = asking(model, () => setText(this.problem, SILENCE));
    this.lines = element("pre");
    this.printed = element("pre");
    this.printedBox = element("details", {}, element("summary", {}, "What your code printed"), this.printed);
    this.table = element("table", { class: "rf-table rf-tests" }, element("caption", {}, "Tests"));
    this.failures = element("div", { class: "rf-failures" });
    this.hints = element("ol");
    this.checkButton = element("button", { type: "button", onclick: () => this.ask("check") }, "Check again");
    this.hintButton = element("button", { type: "button", onclick: () => this.ask("hint") }, "Hint");
    this.root = element("div", { class: "refalloc rf-check" },
      element("div", { class: "rf-head" }, element("strong", {}, model.get("title")), fileLink(exercise, model.get("_home"))),
      element("div", { class: "rf-told rf-short" }, this.outcome, this.message, this.lines, this.problem),
      element("div", { class: "rf-bar" }, this.checkButton, this.hintButton),
      this.hints, scrolling(this.table), this.failures, this.printedBox);
    keepKeys(this.root);
    el.replaceChildren(this.root);
    this.onChange = () => this.show();
    model.on(WATCHED, this.onChange);
    this.unwatch = watchTheme((theme) => {
      this.root.dataset.theme = theme;
    });
    this.show();
  }

  /** @param {string} action */
  ask(action) {
    this.python.ask({ action });
  }

  show() {
    this.python.heard();
    setText(this.problem, this.model.get("_problem"));
    const report = /** @type {Report} */ (this.model.get("_report"));
    const tests = /** @type {Test[]} */ (this.model.get("_tests"));
    const hints = /** @type {string[]} */ (this.model.get("_hints"));
    const isRunning = this.model.get("_running");
    const isLive = this.model.get("_live");
    const points = `${report.points} of ${report.max_points} ${report.max_points === 1 ? "point" : "points"}`;
    const found = report.outcome === "" ? "not checked yet" : `${report.outcome}, ${points}`;
    setText(this.outcome, isRunning ? `checking: ${tests.length} tests so far` : found);
    this.root.dataset.outcome = isRunning ? "" : report.outcome;
    setText(this.message, isRunning ? "" : report.message);
    this._showLines(this.lines, isRunning ? [] : report.lines);
    fillTable(this.table, {
      columns: ["result", "test", "outcome", "points"],
      rows: tests.map((test) => [MARKS[test.outcome], test.name, test.outcome, `${test.points} of ${test.max_points}`]),
    });
    tests.forEach((test, index) => (this.table.tBodies[0].rows[index].dataset.outcome = test.outcome));
    this.failures.replaceChildren(...tests.filter((test) => test.message !== "" && test.outcome !== "correct").map((test) =>
      element("details", {}, element("summary", {}, test.name), element("p", {}, test.message),
        this._showLines(element("pre"), test.lines))));
    setText(this.printed, report.printed);
    this.printedBox.hidden = report.printed === "";
    const hintCount = this.model.get("_hint_count");
    this.hints.replaceChildren(...hints.map((hint) => element("li", {}, hint)));
    this.hintButton.hidden = hintCount === 0;
    this.hintButton.disabled = !isLive || hints.length >= hintCount;
    setText(this.hintButton, hints.length === 0 ? "Hint" : `Next hint (${hints.length} of ${hintCount} shown)`);
    this.checkButton.disabled = !isLive || isRunning;
  }

  /** Lines in columns scroll sideways; others wrap. @param {HTMLElement} pre @param {string[]} lines */
  _showLines(pre, lines) {
    const hasColumns = lines.some((line) => COLUMNS.test(line.trimStart()));
    setText(pre, lines.join("\n"));
    pre.hidden = lines.length === 0;
    pre.classList.toggle("rf-scroll", hasColumns);
    for (const [name, value] of Object.entries({ tabindex: "0", role: "group", "aria-label": "account" })) {
      if (hasColumns) pre.setAttribute(name, value);
      else pre.removeAttribute(name);
    }
    return pre;
  }

  dispose() {
    this.python.heard();
    this.model.off(WATCHED, this.onChange);
    this.unwatch();
  }
}

/**
 * A link that opens the file beside the notebook: JupyterLab runs the command that an element names. Elsewhere, and for
 * a file that the lab cannot reach, its path.
 * @param {{file: string, link: string}} exercise @param {string} home the reader's, which the lab calls "~"
 */
function fileLink({ file, link }, home) {
  const shown = link === "" ? file : link;
  const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
  const root = (config.serverRoot ?? "").replace(/^~(?=\/|$)/, home).replace(/\/$/, "");
  if (config.serverRoot === undefined || !file.startsWith(`${root}/`)) return element("code", {}, shown);
  const path = file.slice(root.length + 1);
  return element("a", {
    href: encodeURI(`${config.baseUrl}lab/tree/${path}`), "data-commandlinker-command": "docmanager:open",
    "data-commandlinker-args": JSON.stringify({ path }),
  }, shown);
}

export default {
  /** @param {{model: any, el: HTMLElement}} place */
  render({ model, el }) {
    const view = new CheckPanel(model, el);
    return () => view.dispose();
  },
};
