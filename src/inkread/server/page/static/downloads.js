// Copy, download in every format, save as training data: always with the edits in it. What is offered
// is whole, or says which pages it holds.

import { copy } from "./clipboard.js";
import { element, find } from "./dom.js";
import { form, post } from "./reading.js";
import { say } from "./status.js";

/** @import { Item } from "./item.js" */

/** @type {Record<string, string>} */
const LABELS = {
  txt: "Text",
  json: "JSON",
  tsv: "Table (TSV)",
  alto: "ALTO XML",
  page: "PAGE XML",
  hocr: "hOCR",
  md: "Markdown",
  pdf: "Searchable PDF",
};
/** @type {Record<string, string>} */
const SUFFIXES = { alto: ".alto.xml", page: ".page.xml" };
const NEEDS_PICTURE = new Set(["pdf"]);

export class Downloads {
  /** @type {Item|undefined} */
  #item;

  constructor() {
    this.copy = find("#copy");
    this.format = find("#format");
    this.download = find("#download");
    this.save = find("#save");
    for (const option of this.format.options) option.textContent = LABELS[option.value] ?? option.value;
    this.copy.addEventListener("click", () => this.#copy());
    this.download.addEventListener("click", () => this.#act(this.download, (item) => this.#download(item)));
    this.save.addEventListener("click", () => this.#act(this.save, (item) => this.#save(item)));
  }

  /** @param {Item|undefined} item */
  show(item) {
    this.#item = item;
    const still = item?.state === "done" || item?.state === "failed"; // no page will follow
    for (const button of [this.copy, this.download, this.save]) button.disabled = !still || !item?.pages.length;
  }

  async #copy() {
    const item = this.#item;
    if (!item) return;
    const part = partOf(item, item.read);
    const copied = await copy(item.plain());
    say(copied ? `Copied${part}.` : "The browser does not allow to copy; download the text.");
  }

  /** @param {Item} item */
  async #download(item) {
    const format = this.format.value;
    const single = "single" in this.format.selectedOptions[0].dataset && item.total > 1;
    const pages = single ? [item.shown] : item.read;
    const [edits, part] = [item.editsOf(pages), partOf(item, pages)];
    const document = written(item, pages);
    const body = NEEDS_PICTURE.has(format) ? form({ document, file: item.file }) : document;
    const answer = await post(`/v1/write?format=${format}`, body, { waiting });
    const number = single ? `-${String(pages[0] + 1).padStart(4, "0")}` : "";
    const name = item.name.replace(/\.[^.]*$/, "") + number + suffixOf(answer, format);
    give(await answer.blob(), name);
    item.keep(edits);
    say(`${name} is in your downloads${part}.`);
  }

  /** @param {Item} item */
  async #save(item) {
    const pages = item.read;
    const [edits, part] = [item.editsOf(pages), partOf(item, pages)];
    const fields = form({ document: written(item, pages), file: item.file });
    const answer = await post("/v1/corrections", fields, { waiting });
    item.keep(edits);
    say(`Saved as training data: ${(await answer.json()).saved}${part}.`);
  }

  /** @param {HTMLButtonElement} button @param {(item: Item) => Promise<void>} act */
  async #act(button, act) {
    const item = this.#item;
    if (!item || button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      await act(item);
    } catch (error) {
      say(error instanceof Error ? error.message : "It did not work. Try again.");
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
}

/** @param {Item} item @param {number[]} pages from 0 @returns {Blob} its document as JSON */
function written(item, pages) {
  return new Blob([JSON.stringify(item.document(pages))], { type: "application/json" });
}

/** @param {Item} item @param {number[]} pages in a row, from 0 @returns {string} which they are, if not all */
function partOf(item, pages) {
  if (pages.length >= item.total) return "";
  const [first, last] = [pages[0] + 1, pages[pages.length - 1] + 1];
  return first === last ? `, page ${first} of ${item.total}` : `, pages ${first} to ${last} of ${item.total}`;
}

/** @param {number} seconds */
function waiting(seconds) {
  say(`The server is busy; next try in ${Math.ceil(seconds)} s.`);
}

/** @param {Response} answer @param {string} format @returns {string} the file name's end, with its dot */
function suffixOf(answer, format) {
  const named = /filename="?[^".;]*(\.[\w.]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
  return named?.[1] ?? SUFFIXES[format] ?? `.${format}`;
}

/** @param {Blob} blob @param {string} name */
function give(blob, name) {
  const href = URL.createObjectURL(blob);
  element("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
