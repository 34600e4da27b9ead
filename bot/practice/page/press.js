// A press ends on the button on which it began: what would be drawn anew meanwhile waits until it is over.

const PRESSED = "button, a, label, [role=option], input[type=checkbox], input[type=radio]";

let press = null;
let finish = () => {};

/** A promise that ends with the press under way, or null. */
export const pressing = () => press;

/** The click's own handlers draw at once; what waited is drawn right after them. */
export function watchPresses() {
  const over = () => {
    press = null;
    finish();
  };
  const listen = (type, handler) => addEventListener(type, handler, { capture: true, passive: true });
  listen("pointerdown", (event) => {
    if (press || event.button !== 0 || !event.target.closest?.(PRESSED)) return;
    finish();
    press = new Promise((done) => {
      finish = done;
    });
  });
  listen("click", () => {
    press = null;
  });
  listen("pointerup", () => setTimeout(over));
  listen("pointercancel", over);
  listen("pointermove", (event) => {
    if (press && event.buttons === 0) over();
  });
  window.addEventListener("blur", over);
}
