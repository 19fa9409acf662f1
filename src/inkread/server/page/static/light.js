// A line and its text light up together, whichever of the two is pointed at or has the focus.

import { find, reveal } from "./dom.js";

/**
 * @param {HTMLElement} root what holds both
 * @param {HTMLElement} sheet where the lines are drawn
 * @param {HTMLElement} text where their rows are
 * @param {(key: string, place: number) => void} mark called with the word that is pointed at, or -1
 */
export function light(root, sheet, text, mark) {
  let pointed = "";
  let focused = "";
  let place = ""; // of the pointer, to tell a move of its own from the page's moving under it

  const keyOf = (/** @type {EventTarget|null} */ target) =>
    target instanceof Element ? (target.closest("[data-line]")?.getAttribute("data-line") ?? "") : "";
  const both = (/** @type {string} */ key) => root.querySelectorAll(`[data-line="${key}"]`);
  const draw = () => {
    for (const lit of root.querySelectorAll(".lit")) lit.classList.remove("lit");
    for (const key of [pointed, focused]) if (key) for (const part of both(key)) part.classList.add("lit");
  };
  const follow = (/** @type {Node} */ from, /** @type {string} */ key) => {
    const other = sheet.contains(from) ? text : sheet;
    const part = other.querySelector(`[data-line="${key}"]`);
    if (part) reveal(other, part);
  };

  const moved = (/** @type {PointerEvent} */ event) => place !== (place = `${event.clientX},${event.clientY}`);

  root.addEventListener("pointerover", (event) => {
    if (!moved(event)) return;
    const key = keyOf(event.target);
    const word = text.contains(/** @type {Node} */ (event.target)) && /** @type {Element} */ (event.target).closest(".word");
    mark(key, word ? Number(word.getAttribute("data-place")) : -1);
    if (key === pointed) return;
    pointed = key;
    draw();
    if (key && sheet.contains(/** @type {Node} */ (event.target))) follow(/** @type {Node} */ (event.target), key);
  });
  root.addEventListener("pointerleave", () => {
    pointed = "";
    mark("", -1);
    draw();
  });
  root.addEventListener("keydown", () => {
    pointed = ""; // who types has let go of the mouse
    mark("", -1);
    draw();
  });
  root.addEventListener("focusin", (event) => {
    focused = keyOf(event.target);
    draw();
    if (focused) follow(/** @type {Node} */ (event.target), focused);
  });
  root.addEventListener("focusout", () => {
    focused = "";
    draw();
  });
  sheet.addEventListener("click", (event) => {
    const key = keyOf(event.target);
    const mouse = !(event instanceof PointerEvent) || event.pointerType !== "touch";
    if (key && mouse) find(`[data-line="${key}"]`, text).focus(); // a finger would call the keyboard up
  });
}
