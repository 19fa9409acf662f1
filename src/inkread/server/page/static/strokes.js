// Strokes of ink: drawn as smooth curves as wide as the pen was pressed, and cut out as an image.

/** @typedef {{x: number, y: number, pressure: number}} Point in CSS pixels; pressure 0 to 1 */
/** @typedef {Point[]} Stroke */

const WIDTH = 3.2; // of a stroke, in CSS pixels, at half pressure
const MARGIN = 0.25; // around the ink, of its height
const LEAST_MARGIN = 12;
const SCALE = 2; // of the image that is read

/**
 * Draw a stroke from one of its points on.
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke} stroke
 * @param {number} [from]
 */
export function drawStroke(context, stroke, from = 0) {
  context.lineCap = context.lineJoin = "round";
  if (stroke.length === 1) return segment(context, stroke[0], stroke[0], stroke[0]);
  for (let at = Math.max(1, from); at < stroke.length; at++) {
    const [before, here] = [stroke[at - 1], stroke[at]];
    const start = at > 1 ? middle(stroke[at - 2], before) : before;
    segment(context, start, before, at === stroke.length - 1 ? here : middle(before, here));
  }
}

/**
 * Cut the ink out: black on white, with a margin.
 * @param {Stroke[]} strokes
 * @returns {Promise<Blob>} PNG
 */
export async function inkImage(strokes) {
  const points = strokes.flat();
  const [left, right] = bounds(points.map((point) => point.x));
  const [top, bottom] = bounds(points.map((point) => point.y));
  const margin = Math.max(LEAST_MARGIN, (bottom - top) * MARGIN);
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil((right - left + 2 * margin) * SCALE);
  canvas.height = Math.ceil((bottom - top + 2 * margin) * SCALE);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser has no canvas.");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(SCALE, SCALE);
  context.translate(margin - left, margin - top);
  context.strokeStyle = "#000";
  for (const stroke of strokes) drawStroke(context, stroke);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The ink makes no image."))), "image/png"),
  );
}

/** @param {CanvasRenderingContext2D} context @param {Point} from @param {Point} by @param {Point} to */
function segment(context, from, by, to) {
  context.lineWidth = WIDTH * (0.4 + 1.2 * by.pressure);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.quadraticCurveTo(by.x, by.y, to.x, to.y);
  context.stroke();
}

/** @param {Point} a @param {Point} b @returns {Point} */
function middle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, pressure: (a.pressure + b.pressure) / 2 };
}

/** @param {number[]} values @returns {[number, number]} */
function bounds(values) {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}
