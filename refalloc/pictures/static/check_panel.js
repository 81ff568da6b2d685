/** The CheckPanel widget: results of an exercise's checks, live; its file and its hints. */

import { element, fillTable, keepKeys, scrolling, setText } from "./dom.js";
import { watchTheme } from "./palette.js";

/** @type {Record<string, string>} */
const MARKS = {
  correct: "✓", incorrect: "✗", crashed: "✗", "timed out": "✗", "not attempted": "○", "not reached": "·",
};

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
    this.lines = element("pre");
    this.printed = element("pre");
    this.printedBox = element("details", {}, element("summary", {}, "What your code printed"), this.printed);
    this.table = element("table", { class: "rf-table rf-tests" }, element("caption", {}, "Tests"));
    this.failures = element("div", { class: "rf-failures" });
    this.hints = element("ol");
    this.checkButton = element("button", { type: "button", onclick: () => this.ask("check") }, "Check again");
    this.hintButton = element("button", { type: "button", onclick: () => this.ask("hint") }, "Hint");
    this.root = element("div", { class: "refalloc rf-check" },
      element("div", { class: "rf-head" }, element("strong", {}, model.get("title")), fileLink(exercise)),
      element("div", { class: "rf-told rf-short" }, this.outcome, this.message, this.lines),
      element("div", { class: "rf-bar" }, this.checkButton, this.hintButton),
      this.hints, scrolling(this.table), this.failures, this.printedBox);
    keepKeys(this.root);
    el.replaceChildren(this.root);
    this.onChange = () => this.show();
    model.on("change:_report change:_tests change:_running change:_hints", this.onChange);
    this.unwatch = watchTheme((theme) => {
      this.root.dataset.theme = theme;
    });
    this.show();
  }

  /** @param {string} action */
  ask(action) {
    this.model.send({ action });
  }

  show() {
    const report = /** @type {Report} */ (this.model.get("_report"));
    const tests = /** @type {Test[]} */ (this.model.get("_tests"));
    const hints = /** @type {string[]} */ (this.model.get("_hints"));
    const isRunning = this.model.get("_running");
    const isLive = this.model.get("_live");
    const points = `${report.points} of ${report.max_points} points`;
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
        element("pre", {}, test.lines.join("\n")))));
    setText(this.printed, report.printed);
    this.printedBox.hidden = report.printed === "";
    const hintCount = this.model.get("_hint_count");
    this.hints.replaceChildren(...hints.map((hint) => element("li", {}, hint)));
    this.hintButton.hidden = hintCount === 0;
    this.hintButton.disabled = !isLive || hints.length >= hintCount;
    setText(this.hintButton, hints.length === 0 ? "Hint" : `Next hint (${hints.length} of ${hintCount} shown)`);
    this.checkButton.disabled = !isLive || isRunning;
  }

  /** @param {HTMLElement} pre @param {string[]} lines */
  _showLines(pre, lines) {
    setText(pre, lines.join("\n"));
    pre.hidden = lines.length === 0;
  }

  dispose() {
    this.model.off("change:_report change:_tests change:_running change:_hints", this.onChange);
    this.unwatch();
  }
}

/**
 * A link that opens the file beside the notebook: JupyterLab runs the command that an element names. Elsewhere, the path.
 * @param {{file: string, link: string}} exercise
 */
function fileLink({ file, link }) {
  const config = document.getElementById("jupyter-config-data");
  if (link === "" || config === null) return element("code", {}, link === "" ? file : link);
  const { baseUrl } = JSON.parse(config.textContent ?? "{}");
  return element("a", {
    href: `${baseUrl}lab/tree/${link}`, "data-commandlinker-command": "docmanager:open",
    "data-commandlinker-args": JSON.stringify({ path: link }),
  }, link);
}

export default {
  /** @param {{model: any, el: HTMLElement}} place */
  render({ model, el }) {
    const view = new CheckPanel(model, el);
    return () => view.dispose();
  },
};
