/** What the reader does, told to Python: one message a gesture, and none while a finger is down or the picture plays. */

const QUIET_MS = 300;
const PATIENCE_MS = 5000; // what is asked for takes some milliseconds; without word by then, nobody may be there

/**
 * A line to Python: `ask` sends a message and waits for word, `heard` ends the wait.
 * @param {any} model @param {() => void} onSilence
 */
export function asking(model, onSilence) {
  let timer = 0;
  const heard = () => clearTimeout(timer);
  const ask = (/** @type {object} */ message) => {
    heard();
    timer = setTimeout(onSilence, PATIENCE_MS);
    try {
      model.send(message);
    } catch { // the library throws where it knows that the kernel is gone
      heard();
      onSilence();
    }
  };
  return { ask, heard };
}

/**
 * @param {any} model @param {HTMLElement} el @param {() => boolean} isDone whether the gesture is over
 * @returns {(() => void) & {cancel: () => void}} call it after each model.set; cancel when the picture goes
 */
export function sendLater(model, el, isDone) {
  let timer = 0;
  let isDown = false;
  const send = () => {
    timer = 0;
    if (isDown || !isDone()) schedule();
    else model.save_changes();
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(send, QUIET_MS);
  };
  el.addEventListener("pointerdown", () => {
    isDown = true;
    addEventListener("pointerup", () => (isDown = false), { once: true });
  });
  return Object.assign(schedule, { cancel: () => clearTimeout(timer) });
}
