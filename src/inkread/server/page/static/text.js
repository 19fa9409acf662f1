// The text: one row a line, which can be edited where it stands.

import { element } from "./dom.js";
import { editing } from "./editing.js";
import { linesOf } from "./item.js";
import { Others } from "./others.js";
import { drawWords } from "./words.js";

/** @import { Item } from "./item.js" */

export class Text {
  /** @param {HTMLElement} list @param {HTMLElement} others */
  constructor(list, others) {
    this.list = list;
    this.others = new Others(others, (row, text) => this.#edit(row, text));
    /** @type {Map<string, import("./reading.js").Line>} */
    this.lines = new Map();
    /** @type {Item|undefined} */
    this.item = undefined;
    editing(list, {
      before: (row) => this.item?.text(...this.#of(row)) ?? "",
      done: (row, text) => this.#edit(row, text),
      other: (row, by) => this.others.step(row, by),
    });
    list.addEventListener("focusin", (event) => this.#offer(/** @type {HTMLElement} */ (event.target)));
  }

  /**
   * Show a page of a file.
   * @param {Item} item
   */
  show(item) {
    this.item = item;
    this.others.clear();
    const page = item.pages[item.shown];
    const lines = page ? linesOf(page, item.shown) : [];
    this.lines = new Map(lines.map(({ key, line }) => [key, line]));
    const rows = lines.map(({ key, line, first }, index) => {
      const row = editable(`Line ${index + 1} of ${lines.length}`);
      row.dataset.line = key;
      drawWords(row, line, item.text(key, line));
      return element("li", { className: first && index ? "apart" : "" }, row);
    });
    this.list.replaceChildren(...(rows.length ? rows : [element("li", { className: "none" }, silence(item))]));
  }

  /** @param {HTMLElement} row @returns {[string, import("./reading.js").Line]} */
  #of(row) {
    const key = row.dataset.line ?? "";
    const line = this.lines.get(key);
    if (!line) throw new Error(`There is no line ${key}.`);
    return [key, line];
  }

  /** @param {HTMLElement} row @param {string} text */
  #edit(row, text) {
    if (!this.item) return;
    const [key, line] = this.#of(row);
    this.item.edit(key, line, text);
    drawWords(row, line, text);
    this.#offer(row);
  }

  /** @param {HTMLElement} row */
  #offer(row) {
    const [key, line] = this.#of(row);
    this.others.show(row, line, this.item?.text(key, line) ?? "");
  }
}

/** @param {string} label @returns {HTMLElement} */
function editable(label) {
  const row = element("div", {
    className: "row",
    role: "textbox",
    spellcheck: false,
    "aria-label": label,
    "aria-multiline": "false",
  });
  row.setAttribute("contenteditable", "plaintext-only");
  if (!row.isContentEditable) row.setAttribute("contenteditable", "true");
  return row;
}

/** @param {Item} item @returns {string} */
function silence(item) {
  if (item.state === "done" || item.pages[item.shown]) return "No writing was found here.";
  return item.state === "waiting" ? "Waiting for its turn." : "Reading.";
}
