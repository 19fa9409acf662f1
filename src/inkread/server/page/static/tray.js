// The tray: one row a file, with its state, its progress, and what can be done with it.

import { element, reveal } from "./dom.js";

/** @import { Item } from "./item.js" */

/** @typedef {{show: (item: Item) => void, remove: (item: Item) => void, retry: (item: Item) => void}} Acts */

export class Tray {
  /** @type {Map<Item, HTMLLIElement>} */
  #rows = new Map();

  /** @param {HTMLElement} list @param {Acts} acts */
  constructor(list, acts) {
    this.list = list;
    this.acts = acts;
  }

  /** @returns {Item[]} in the order in which they came */
  get items() {
    return [...this.#rows.keys()];
  }

  /** @param {Item} item */
  add(item) {
    const row = this.#row(item);
    this.#rows.set(item, row);
    this.list.append(row);
    item.addEventListener("change", () => draw(row, item));
    draw(row, item);
  }

  /** @param {Item} item @returns {Item|undefined} its neighbour, to go on with */
  remove(item) {
    const items = this.items;
    const at = items.indexOf(item);
    this.#rows.get(item)?.remove();
    this.#rows.delete(item);
    return items[at + 1] ?? items[at - 1];
  }

  /** @param {Item|undefined} shown */
  mark(shown) {
    for (const [item, row] of this.#rows) {
      const button = /** @type {HTMLElement} */ (row.querySelector(".show"));
      if (item === shown) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  /** @param {Item} item */
  focus(item) {
    /** @type {HTMLElement|null|undefined} */ (this.#rows.get(item)?.querySelector(".show"))?.focus();
  }

  /** @param {Item} item have it in sight, with what there is to say of it */
  reveal(item) {
    const row = this.#rows.get(item);
    if (row) reveal(this.list, row);
  }

  /** @param {Item} item @returns {HTMLLIElement} */
  #row(item) {
    const { show, remove, retry } = this.acts;
    return element(
      "li",
      {},
      element(
        "button",
        { type: "button", className: "show", onclick: () => show(item) },
        element("span", { className: "file", textContent: item.name, title: item.name }),
        element("span", { className: "state" }),
      ),
      element("progress", { "aria-label": `Reading ${item.name}` }),
      element("button", {
        type: "button",
        className: "remove",
        textContent: "×",
        title: "Remove",
        "aria-label": `Remove ${item.name}`,
        onclick: () => remove(item),
      }),
      element("p", { className: "problem", hidden: true }),
      element("button", {
        type: "button",
        className: "retry",
        textContent: "Try again",
        hidden: true,
        onclick: () => retry(item),
      }),
    );
  }
}

/** @param {HTMLLIElement} row @param {Item} item */
function draw(row, item) {
  const part = (/** @type {string} */ selector) => /** @type {any} */ (row.querySelector(selector));
  const failed = item.state === "failed";
  row.dataset.state = item.state;
  part(".state").textContent = stateOf(item);
  part(".problem").textContent = failed ? item.detail : "";
  part(".problem").hidden = part(".retry").hidden = !failed;
  const progress = part("progress");
  progress.hidden = item.state !== "reading" && item.state !== "waiting";
  progress.max = item.total || 1;
  if (item.state === "waiting") progress.value = 0;
  else if (item.total > 1) progress.value = item.pages.length;
  else progress.removeAttribute("value"); // under way, nobody knows how far
}

/** @param {Item} item @returns {string} */
function stateOf(item) {
  if (item.state === "failed") return item.pages.length ? `broke off after page ${item.pages.length}` : "not read";
  if (item.state === "waiting") return "waiting";
  if (item.state === "reading") {
    if (item.detail) return item.detail;
    return item.total > 1 ? `page ${item.pages.length + 1} of ${item.total}` : "reading";
  }
  const lines = item.pages.reduce((sum, page) => sum + page.regions.flatMap((region) => region.lines).length, 0);
  const unit = item.mode === "character" ? "character" : "line";
  const read = [`${lines} ${unit}${lines === 1 ? "" : "s"}`];
  if (item.total > 1) read.unshift(`${item.total} pages`);
  if (item.edits.size) read.push(`${item.edits.size} edited`);
  return read.join(", ");
}
