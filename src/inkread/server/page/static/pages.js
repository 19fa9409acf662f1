// From page to page of a long document.

import { allow, find } from "./dom.js";

/** @import { Item } from "./item.js" */

export class Pages {
  /** @param {HTMLElement} nav @param {(to: number) => void} go */
  constructor(nav, go) {
    this.nav = nav;
    this.at = 0;
    find(".previous", nav).addEventListener("click", () => go(this.at - 1));
    find(".next", nav).addEventListener("click", () => go(this.at + 1));
  }

  /** @param {Item} item */
  show(item) {
    this.at = item.shown;
    this.nav.hidden = item.total < 2;
    const [previous, next] = [find(".previous", this.nav), find(".next", this.nav)];
    allow(previous, item.shown > 0, next, item.shown < item.pages.length - 1);
    find("output", this.nav).textContent = `Page ${item.shown + 1} of ${item.total}`;
  }
}
