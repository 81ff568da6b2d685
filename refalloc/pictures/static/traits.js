/** What the reader does, told to Python: one message a gesture, and none while a finger is down or the picture plays. */

const QUIET_MS = 300;

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
