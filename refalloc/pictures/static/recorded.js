/** What all widgets over a recording share: unpack it, draw it anew when it changes, and say what went wrong. */

import { element } from "./dom.js";
import { unpack } from "./events.js";
import { Timeline } from "./timeline.js";

/**
 * The render function of a widget.
 * @param {new (model: any, el: HTMLElement, timeline: Timeline) => {dispose(): void}} View
 * @returns {(place: {model: any, el: HTMLElement}) => Promise<() => void>}
 */
export function renderRecorded(View) {
  return async ({ model, el }) => {
    /** @type {{dispose(): void} | undefined} */ let view;
    let isGone = false;
    const show = async () => {
      view?.dispose();
      view = undefined;
      try {
        const timeline = new Timeline(await unpack(model.get("_packed"), model.get("_tables")));
        if (!isGone) view = new View(model, el, timeline);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        el.replaceChildren(element("p", { role: "alert" }, `The picture cannot be drawn: ${reason}`));
      }
    };
    model.on("change:_packed", show);
    await show();
    return () => {
      isGone = true;
      model.off("change:_packed", show);
      view?.dispose();
    };
  };
}
