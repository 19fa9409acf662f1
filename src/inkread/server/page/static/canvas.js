// The canvas: takes the strokes of a mouse, a pen or a finger, crisp on any screen.

import { drawStroke } from "./strokes.js";

/** @import { Stroke } from "./strokes.js" */

/** Tells "down" when the pen touches, "change" when a stroke is done, undone or cleared. */
export class Canvas extends EventTarget {
  /** @type {Stroke[]} */
  strokes = [];
  /** @type {{id: number, stroke: Stroke}|undefined} */
  #pen;
  #penSeen = false; // then fingers are a resting hand

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    super();
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    new ResizeObserver(() => this.#fit()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event));
    canvas.addEventListener("pointercancel", (event) => this.#up(event));
  }

  /** Take the last stroke back. */
  undo() {
    this.strokes.pop();
    this.#changed();
  }

  /** Take all ink off. */
  clear() {
    this.strokes = [];
    this.#changed();
  }

  /** Draw everything anew. */
  draw() {
    const { context, canvas } = this;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.strokeStyle = getComputedStyle(canvas).color;
    for (const stroke of this.strokes) drawStroke(context, stroke);
  }

  #changed() {
    this.draw();
    this.dispatchEvent(new Event("change"));
  }

  #fit() {
    const { width, height } = this.canvas.getBoundingClientRect();
    if (!width) return;
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    this.context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.draw();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.#pen || event.button !== 0) return;
    if (event.pointerType === "pen") this.#penSeen = true;
    else if (event.pointerType === "touch" && this.#penSeen) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.#pen = { id: event.pointerId, stroke: [this.#point(event)] };
    this.strokes.push(this.#pen.stroke);
    drawStroke(this.context, this.#pen.stroke);
    this.dispatchEvent(new Event("down"));
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerId !== this.#pen?.id) return;
    const { stroke } = this.#pen;
    const from = stroke.length;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const each of passed.length ? passed : [event]) stroke.push(this.#point(each));
    drawStroke(this.context, stroke, from);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (event.pointerId !== this.#pen?.id) return;
    this.#pen = undefined;
    this.#changed();
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const box = this.canvas.getBoundingClientRect();
    const pressure = event.pointerType === "pen" ? event.pressure : 0.5;
    return { x: event.clientX - box.left, y: event.clientY - box.top, pressure };
  }
}
