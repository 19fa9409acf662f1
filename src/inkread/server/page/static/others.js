// Other readings of the line that is edited, to be taken with a click or with Alt and an arrow.

import { element } from "./dom.js";
import { say } from "./status.js";

/** @import { Line } from "./reading.js" */

const MOST = 4;

export class Others {
  /** @type {string[]} the reading itself, and those that could have been */
  #readings = [];
  #text = "";

  /**
   * @param {HTMLElement} box
   * @param {(row: HTMLElement, text: string) => void} take
   */
  constructor(box, take) {
    this.box = box;
    this.take = take;
    this.clear();
    box.addEventListener("pointerdown", (event) => event.preventDefault()); // the row keeps the focus
  }

  /** @param {HTMLElement} row @param {Line} line @param {string} text as it stands */
  show(row, line, text) {
    const texts = [line.text, ...(line.alternatives ?? []).map((other) => other.text)];
    this.#readings = [...new Set(texts)].slice(0, MOST);
    this.#text = text;
    const buttons = this.#readings
      .filter((reading) => reading !== text)
      .map((reading) =>
        element("button", { type: "button", textContent: reading, onclick: () => this.take(row, reading) }),
      );
    if (buttons.length) this.box.replaceChildren(element("p", { textContent: "Or:", title: "Alt+↓" }), ...buttons);
    else this.clear();
  }

  /** Offer nothing. */
  clear() {
    this.box.replaceChildren(element("p", { textContent: "Choose a line to edit it." }));
  }

  /** @param {HTMLElement} row @param {number} by */
  step(row, by) {
    const count = this.#readings.length;
    const at = this.#readings.indexOf(this.#text);
    const next = this.#readings[at < 0 ? 0 : (at + by + count) % count];
    if (next === undefined) return;
    this.take(row, next);
    say(next, true);
  }
}
