// Larger and smaller: how wide the sheet is drawn in its pane.

import { allow, find } from "./dom.js";

const STEPS = [1, 1.5, 2, 3, 4];

/**
 * @param {HTMLElement} tools
 * @param {HTMLElement} pane what scrolls
 * @param {HTMLElement} leaf what grows
 */
export function zoom(tools, pane, leaf) {
  let at = 0;
  const [smaller, larger] = [find(".smaller", tools), find(".larger", tools)];

  /** @param {number} to a place in STEPS */
  const go = (to) => {
    const middle = {
      x: (pane.scrollLeft + pane.clientWidth / 2) / pane.scrollWidth,
      y: (pane.scrollTop + pane.clientHeight / 2) / pane.scrollHeight,
    };
    at = Math.max(0, Math.min(to, STEPS.length - 1));
    leaf.style.setProperty("width", `${STEPS[at] * 100}%`);
    pane.scrollTo({
      left: middle.x * pane.scrollWidth - pane.clientWidth / 2,
      top: middle.y * pane.scrollHeight - pane.clientHeight / 2,
    });
    allow(smaller, at > 0, larger, at < STEPS.length - 1);
  };

  smaller.addEventListener("click", () => go(at - 1));
  larger.addEventListener("click", () => go(at + 1));
  pane.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "+" || event.key === "=") go(at + 1);
    if (event.key === "-") go(at - 1);
  });
}
