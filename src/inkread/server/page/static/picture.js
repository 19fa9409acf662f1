// The picture of a page: the file itself where the browser can draw it, else one that the server makes.

import { form, post } from "./reading.js";

/** @import { Item } from "./item.js" */

const KEPT = 8; // pictures from the server, the last ones looked at
const TOLERANCE = 0.01; // of the ratio of the sides

export class Pictures {
  /** @type {Map<string, Blob>} */
  #kept = new Map();
  /** @type {WeakMap<Item, number>} */
  #numbers = new WeakMap();
  #count = 0;

  /**
   * Return what to draw for the page of an item that is looked at.
   * @param {Item} item
   * @param {AbortSignal} signal
   * @returns {Promise<HTMLImageElement>} decoded; its src is an object URL to be revoked
   */
  async of(item, signal) {
    const page = item.pages[item.shown];
    const alone = item.shown === 0 && item.total <= 1;
    if (alone && item.file.type !== "application/pdf") {
      const image = await drawn(item.file);
      if (image && (!page || alike(image, page))) return image;
      if (image) URL.revokeObjectURL(image.src);
    }
    if (!page) throw new Error("There is no picture yet.");
    const image = await drawn(await this.#made(item, page.number, signal));
    if (!image) throw new Error("The picture cannot be drawn.");
    return image;
  }

  /** @param {Item} item @param {number} number @param {AbortSignal} signal @returns {Promise<Blob>} */
  async #made(item, number, signal) {
    if (!this.#numbers.has(item)) this.#numbers.set(item, ++this.#count);
    const key = `${this.#numbers.get(item)}.${number}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const answer = await post(`/v1/picture?page=${number}`, form({ file: item.file }), { signal });
    const blob = await answer.blob();
    this.#kept.set(key, blob);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT) this.#kept.delete(oldest);
    return blob;
  }
}

/** @param {Blob} blob @returns {Promise<HTMLImageElement|undefined>} undefined: the browser cannot */
async function drawn(blob) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  try {
    await image.decode();
    return image;
  } catch {
    URL.revokeObjectURL(image.src);
    return undefined;
  }
}

/**
 * Whether a picture can be that of a page: their sides have the same ratio.
 * @param {HTMLImageElement} image
 * @param {{width: number, height: number}} page
 */
export function alike(image, page) {
  const [drawn, read] = [image.naturalWidth / image.naturalHeight, page.width / page.height];
  return Math.abs(drawn / read - 1) < TOLERANCE;
}
