// What the files that are added next show: a page, one line or one character. The choice is remembered.

import { find } from "./dom.js";

const KEY = "inkread-mode";

/** @returns {() => string} tells the choice as it stands */
export function mode() {
  const choice = find("#mode");
  const before = [...choice.options].find((option) => option.value === remembered());
  if (before) before.selected = true;
  choice.addEventListener("change", () => {
    try {
      localStorage.setItem(KEY, choice.value);
    } catch {
      // it holds until the page is left
    }
  });
  return () => choice.value;
}

/** @returns {string|null} what was chosen before, if the browser lets us remember */
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
