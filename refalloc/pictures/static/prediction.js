/** The Prediction widget: the reader commits to a guess, and sees it again beside the result. */

import { element, freshId, keepKeys, setText } from "./dom.js";
import { watchTheme } from "./palette.js";

const TRAITS = "change:guess change:_result change:_shown change:_late";

/**
 * What is known so far: Prediction.state() of Python.
 * @param {{guess: number | string | null, unit: string, result: string, late: boolean}} known
 */
export function stateSentence({ guess, unit, result, late }) {
  const own = guess === null ? "" : `Your guess: ${`${guess} ${unit}`.trim()}${late ? " (made after the result)" : ""}.`;
  if (result !== "") return `${own || "You made no guess."} Measured: ${result}.`;
  return own || "No guess yet.";
}

class Prediction {
  /** @param {any} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    this.isChanging = false; // the reader has a guess, and wants another
    /** @type {string[]} */
    const choices = model.get("choices");
    const group = freshId();
    this.number = element("input", { type: "number", step: "any", required: true, class: "rf-guess" });
    this.radios = choices.map((choice) => element("input", { type: "radio", name: group, value: choice, required: true }));
    this.fields = element("fieldset", {}, element("legend", {}, model.get("question")),
      ...(choices.length > 0
        ? choices.map((choice, index) => element("label", { class: "rf-choice" }, this.radios[index], choice))
        : [element("label", {}, "Your guess ", this.number, ` ${model.get("unit")}`)]));
    this.keep = element("button", { type: "submit" }, "Keep my guess");
    this.change = element("button", { type: "button", onclick: () => this.startChange() }, "Change it");
    this.state = element("p", { class: "rf-step", role: "status" });
    this.root = element("form", { class: "refalloc rf-predict", onsubmit: (/** @type {Event} */ event) => this.commit(event) },
      this.fields, element("div", { class: "rf-bar" }, this.keep, this.change, this.state));
    keepKeys(this.root);
    el.replaceChildren(this.root);
    this.onChange = () => this.show();
    model.on(TRAITS, this.onChange);
    this.unwatch = watchTheme((theme) => {
      this.root.dataset.theme = theme;
    });
    this.fill();
    this.show();
  }

  /** Put the guess that is kept into the fields. */
  fill() {
    const guess = this.model.get("guess");
    if (guess === null) return;
    this.number.value = String(guess);
    for (const radio of this.radios) radio.checked = radio.value === guess;
  }

  /** @param {Event} event */
  commit(event) {
    event.preventDefault(); // nothing is sent anywhere but to the kernel
    const chosen = this.radios.find((radio) => radio.checked);
    this.isChanging = false;
    this.model.set("guess", this.radios.length > 0 ? chosen.value : this.number.valueAsNumber);
    this.model.save_changes();
    this.show();
    if (!this.change.hidden) this.change.focus(); // the button that was pressed is gone
  }

  startChange() {
    this.isChanging = true;
    this.show();
    (this.radios.find((radio) => radio.checked) ?? this.number).focus();
  }

  show() {
    const guess = this.model.get("guess");
    const isOpen = guess === null || (this.isChanging && !this.model.get("_shown"));
    if (!isOpen) this.fill();
    this.fields.disabled = !isOpen;
    this.keep.hidden = !isOpen;
    this.change.hidden = isOpen || this.model.get("_shown");
    setText(this.state, stateSentence({
      guess, unit: this.model.get("unit"), result: this.model.get("_result"), late: this.model.get("_late"),
    }));
  }

  dispose() {
    this.model.off(TRAITS, this.onChange);
    this.unwatch();
  }
}

export default {
  /** @param {{model: any, el: HTMLElement}} place */
  render({ model, el }) {
    const view = new Prediction(model, el);
    return () => view.dispose();
  },
};
