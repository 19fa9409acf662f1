// A file in the tray: how far its reading is, what was read, and what a person made of it.

/** @import { Page, Line } from "./reading.js" */

/** @typedef {"waiting"|"reading"|"done"|"failed"} State */

/** Tells "change" whenever something of it has changed, and "page" when a page has come. */
export class Item extends EventTarget {
  /** @param {File} file @param {string} mode page, line or character */
  constructor(file, mode) {
    super();
    this.file = file;
    this.name = file.name || "pasted image";
    this.mode = mode;
    /** @type {State} */
    this.state = "waiting";
    this.detail = ""; // what went wrong, or what is waited for
    this.total = 0; // pages, once they are counted
    /** @type {Page[]} */
    this.pages = [];
    this.shown = 0; // the page that is looked at, from 0
    /** @type {Map<string, string>} a line's key and the text that a person gave it */
    this.edits = new Map();
    /** @type {Set<string>} keys of edits that neither a download nor the server's folder has */
    this.unsaved = new Set();
    this.leaving = new AbortController(); // aborted when it is taken out of the tray
  }

  /** @param {Partial<Pick<Item, "state"|"detail"|"total"|"shown">>} news */
  update(news) {
    Object.assign(this, news);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {Page} page */
  add(page) {
    this.pages.push(page);
    this.update({ detail: "" });
    this.dispatchEvent(new Event("page"));
  }

  /** Read it again. The same image gives the same lines, so the edits stay. */
  restart() {
    this.pages = [];
    this.update({ state: "waiting", detail: "", total: 0, shown: 0 });
  }

  /** @param {string} key @param {Line} line @returns {string} what the line says, as corrected */
  text(key, line) {
    return this.edits.get(key) ?? line.text;
  }

  /** @param {string} key @param {Line} line @param {string} text */
  edit(key, line, text) {
    if (text === this.text(key, line)) return;
    if (text === line.text) {
      this.edits.delete(key);
      this.unsaved.delete(key);
    } else {
      this.edits.set(key, text);
      this.unsaved.add(key);
    }
    this.update({});
  }

  /** @returns {number[]} the pages that are read, from 0 */
  get read() {
    return [...this.pages.keys()];
  }

  /** @param {number[]} pages from 0 @returns {Map<string, string>} their edits as they are now */
  editsOf(pages) {
    return new Map([...this.edits].filter(([key]) => pages.includes(Number.parseInt(key, 10))));
  }

  /** @param {Map<string, string>} edits that are safe; what was changed since then is not */
  keep(edits) {
    for (const [key, text] of edits) if (this.edits.get(key) === text) this.unsaved.delete(key);
  }

  /** @param {number[]} [pages] from 0 @returns {{pages: Page[]}} these with every correction in them */
  document(pages = this.read) {
    return {
      pages: pages.map((p) => ({
        ...this.pages[p],
        regions: this.pages[p].regions.map((region, r) => ({
          ...region,
          lines: region.lines.map((line, l) => ({ ...line, text: this.text(keyOf(p, r, l), line) })),
        })),
      })),
    };
  }

  /** @returns {string} the whole text; regions parted by an empty row, as the server writes it */
  plain() {
    return this.document()
      .pages.map((page) => page.regions.filter((region) => region.lines.length))
      .map((regions) => regions.map((region) => region.lines.map((line) => line.text).join("\n")).join("\n\n"))
      .join("\n\n");
  }
}

/**
 * Name a line: its page, its region, its place in that, each from 0.
 * @param {number} page @param {number} region @param {number} line
 */
export function keyOf(page, region, line) {
  return `${page}.${region}.${line}`;
}

/**
 * All lines of a page with their keys.
 * @param {Page} page
 * @param {number} index of the page in its file, from 0
 * @returns {{key: string, line: Line, first: boolean}[]} first: of its region
 */
export function linesOf(page, index) {
  return page.regions.flatMap((region, r) =>
    region.lines.map((line, l) => ({ key: keyOf(index, r, l), line, first: l === 0 })),
  );
}
