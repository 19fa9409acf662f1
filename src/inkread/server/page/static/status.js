// One quiet line that says what has just happened, to eyes and to screen readers.

import { find } from "./dom.js";

const SECONDS = 6;
let timer = 0;

/**
 * @param {string} text
 * @param {boolean} [quiet] for screen readers alone, as eyes see it anyway
 */
export function say(text, quiet = false) {
  const status = find("#status");
  clearTimeout(timer);
  status.textContent = text;
  status.classList.toggle("quiet", quiet);
  timer = setTimeout(() => (status.textContent = ""), SECONDS * 1000);
}
