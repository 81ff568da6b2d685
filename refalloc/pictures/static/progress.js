/** The Progress widget: the course at a glance. */

import { element, keepKeys, setText, tablesOf } from "./dom.js";
import { watchTheme } from "./palette.js";

/**
 * @typedef {{id: string, title: string, passed: boolean, points: number, max_points: number, hints: number}} Exercise
 * @typedef {{id: string, title: string, exercises: Exercise[]}} Lesson
 */

class Progress {
  /** @param {any} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    this.summary = element("p", { class: "rf-step" });
    this.lessons = element("ul", { class: "rf-lessons" });
    this.tables = tablesOf({
      Exercises: () => ({
        columns: ["exercise", "title", "state", "points", "hints"],
        rows: this.exercises().map((e) => [e.id, e.title, e.passed ? "passed" : "open", `${e.points} of ${e.max_points}`, String(e.hints)]),
      }),
    });
    this.root = element("div", { class: "refalloc" },
      element("div", { class: "rf-head" }, element("strong", {}, model.get("title"))),
      this.summary, this.lessons, this.tables.root);
    keepKeys(this.root);
    el.replaceChildren(this.root);
    this.onChange = () => this.show();
    model.on("change:lessons", this.onChange);
    this.unwatch = watchTheme((theme) => {
      this.root.dataset.theme = theme;
    });
    this.show();
  }

  /** @returns {Exercise[]} */
  exercises() {
    return /** @type {Lesson[]} */ (this.model.get("lessons")).flatMap((lesson) => lesson.exercises);
  }

  show() {
    const all = this.exercises();
    const sum = (/** @type {(e: Exercise) => number} */ of) => all.reduce((total, e) => total + of(e), 0);
    const next = all.find((e) => !e.passed);
    setText(this.summary, `${sum((e) => Number(e.passed))} of ${all.length} exercises passed, ` +
      `${sum((e) => e.points)} of ${sum((e) => e.max_points)} points.${next === undefined ? "" : ` Next: ${next.id}, ${next.title.replace(/\?$/, "")}.`}`);
    this.lessons.replaceChildren(.../** @type {Lesson[]} */ (this.model.get("lessons")).map((lesson) =>
      element("li", {}, element("span", {}, `${lesson.id} ${lesson.title}`),
        element("span", { class: "rf-chips" }, ...lesson.exercises.map((e) => element("span", {
          class: e.passed ? "rf-chip rf-passed" : e === next ? "rf-chip rf-next" : "rf-chip",
          title: `${e.title}: ${e.passed ? "passed" : "open"}`,
        }, `${e.passed ? "✓ " : ""}${e.id}`))))));
    this.tables.fill();
  }

  dispose() {
    this.model.off("change:lessons", this.onChange);
    this.unwatch();
  }
}

export default {
  /** @param {{model: any, el: HTMLElement}} place */
  render({ model, el }) {
    const view = new Progress(model, el);
    return () => view.dispose();
  },
};
