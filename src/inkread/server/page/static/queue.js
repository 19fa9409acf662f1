// Files wait here and are read two at a time, so that the server never idles and never drowns.

import { Problem, readPages } from "./reading.js";

/** @import { Item } from "./item.js" */

const AT_ONCE = 2;

export class Queue {
  #running = 0;
  /** @type {Item[]} */
  #waiting = [];

  /** @param {number} maxBytes what the server takes at most */
  constructor(maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** @param {Item} item */
  add(item) {
    const megabytes = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
    if (item.file.size > this.maxBytes) {
      const sizes = `${megabytes(item.file.size)}, and the server takes ${megabytes(this.maxBytes)}`;
      item.update({ state: "failed", detail: `The file has ${sizes}. Scale it down or split it.` });
      return;
    }
    this.#waiting.push(item);
    this.#next();
  }

  #next() {
    while (this.#running < AT_ONCE) {
      const item = this.#waiting.shift();
      if (!item) return;
      if (item.leaving.signal.aborted) continue;
      this.#running++;
      read(item).finally(() => {
        this.#running--;
        this.#next();
      });
    }
  }
}

/** @param {Item} item */
async function read(item) {
  const signal = item.leaving.signal;
  const waiting = (/** @type {number} */ seconds) =>
    item.update({ detail: `The server is busy; next try in ${Math.ceil(seconds)} s` });
  item.update({ state: "reading" });
  try {
    for await (const event of readPages(item.file, item.mode, { signal, waiting })) {
      if (event.page) item.add(event.page);
      else item.update({ total: event.pages, detail: "" });
    }
    item.update({ state: "done" });
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Problem)) console.error(error);
    const detail = error instanceof Problem ? error.message : "The page stumbled here. Try again.";
    item.update({ state: "failed", detail });
  }
}
