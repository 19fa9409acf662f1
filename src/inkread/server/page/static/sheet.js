// The sheet: a page's picture with its lines drawn over it.

import { element, shape } from "./dom.js";
import { linesOf } from "./item.js";
import { Pictures, alike } from "./picture.js";

/** @import { Item } from "./item.js" */

export class Sheet {
  #pictures = new Pictures();
  #stop = new AbortController();
  /** @type {HTMLImageElement|undefined} */
  #image;
  /** @type {Item|undefined} */
  #item; // whose picture it is
  #page = 0;
  /** @type {Map<string, import("./reading.js").Line>} */
  #lines = new Map();

  /** @param {HTMLElement} pane */
  constructor(pane) {
    this.pane = pane;
    this.leaf = element("div", { className: "leaf" });
    this.note = element("p", { className: "note" });
    pane.append(this.leaf, this.note);
  }

  /**
   * Show a page of a file.
   * @param {Item} item
   */
  async show(item) {
    const page = item.pages[item.shown];
    if (item !== this.#item || item.shown !== this.#page) this.clear();
    this.#item = item;
    this.#page = item.shown;
    this.note.textContent = "";
    this.leaf.querySelector("svg")?.remove();
    if (page) {
      this.#size(page.width, page.height);
      const lines = linesOf(page, item.shown);
      this.#lines = new Map(lines.map(({ key, line }) => [key, line]));
      this.leaf.append(overlay(page, this.#lines));
    }
    if (this.#image && (!page || alike(this.#image, page))) return;
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      const image = await this.#pictures.of(item, signal);
      if (signal.aborted) return URL.revokeObjectURL(image.src);
      image.alt = item.total > 1 ? `${item.name}, page ${item.shown + 1}` : item.name;
      this.#hang(image);
      if (!page) this.#size(image.naturalWidth, image.naturalHeight);
    } catch (error) {
      if (signal.aborted) return;
      this.#hang(undefined);
      if (page) this.note.textContent = "Its picture cannot be shown here; the lines are where they were found.";
      else if (item.state === "failed") this.note.textContent = "It was not read, and no picture of it can be shown.";
    }
  }

  /** Take everything off. */
  clear() {
    this.#stop.abort();
    this.#hang(undefined);
    this.#item = undefined;
    this.leaf.replaceChildren();
    this.leaf.style.removeProperty("aspect-ratio");
    this.note.textContent = "";
  }

  /**
   * Mark one word of a line, or none.
   * @param {string} key of the line
   * @param {number} place of the word in it; -1: none
   */
  mark(key, place) {
    this.leaf.querySelector(".marked")?.remove();
    const word = this.#lines.get(key)?.words[place];
    if (word) this.leaf.querySelector("svg")?.append(shape("polygon", { points: pointsOf(word.polygon), class: "marked" }));
  }

  /** @param {HTMLImageElement|undefined} image */
  #hang(image) {
    if (this.#image) {
      this.#image.remove();
      URL.revokeObjectURL(this.#image.src);
    }
    this.#image = image;
    if (image) this.leaf.prepend(image);
  }

  /** @param {number} width @param {number} height */
  #size(width, height) {
    this.leaf.style.setProperty("aspect-ratio", `${width} / ${height}`);
  }
}

/**
 * @param {import("./reading.js").Page} page
 * @param {Map<string, import("./reading.js").Line>} lines
 * @returns {SVGElement}
 */
function overlay(page, lines) {
  const svg = shape("svg", {
    viewBox: `0 0 ${page.width} ${page.height}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  for (const [key, line] of lines) {
    svg.append(shape("polygon", { points: pointsOf(line.polygon), "data-line": key, tabindex: -1 }));
  }
  return svg;
}

/** @param {number[][]} polygon */
function pointsOf(polygon) {
  return polygon.map((point) => point.join(",")).join(" ");
}
