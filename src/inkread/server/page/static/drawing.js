// Writing by hand: what is on the canvas is read as soon as the pen rests.

import { Canvas } from "./canvas.js";
import { element, find } from "./dom.js";
import { Problem, readLine } from "./reading.js";
import { inkImage } from "./strokes.js";
import { drawWords } from "./words.js";

const HINT = "What you write appears here as text.";
const REST = 600; // milliseconds after which a pen that is up has paused

/**
 * @param {(file: File) => void} keep takes the ink as a file
 * @returns {{open: () => void, close: () => void}}
 */
export function drawing(keep) {
  const section = find("#writing");
  const canvas = new Canvas(find("#canvas"));
  const drawn = find("#drawn");
  const buttons = ["#undo", "#clear", "#keep"].map((id) => find(id));
  let timer = 0;
  let stop = new AbortController();
  let kept = 0;

  const rest = () => {
    clearTimeout(timer);
    stop.abort(); // whatever it would answer is out of date
  };
  const read = async () => {
    stop = new AbortController();
    const { signal } = stop;
    try {
      const page = await readLine(await inkImage(canvas.strokes), { signal });
      if (!signal.aborted) show(drawn, page);
    } catch (error) {
      if (signal.aborted) return;
      hint(drawn, error instanceof Problem ? error.message : "It could not be read. Write on, or clear.");
    }
  };
  hint(drawn, HINT);
  canvas.addEventListener("down", rest);
  canvas.addEventListener("change", () => {
    rest();
    const empty = canvas.strokes.length === 0;
    for (const button of buttons) button.disabled = empty;
    if (empty) hint(drawn, HINT);
    else timer = setTimeout(read, REST);
  });
  find("#undo").addEventListener("click", () => canvas.undo());
  find("#clear").addEventListener("click", () => canvas.clear());
  find("#keep").addEventListener("click", async () => {
    const image = await inkImage(canvas.strokes);
    keep(new File([image], `written-${++kept}.png`, { type: "image/png" }));
    canvas.clear();
  });
  section.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) canvas.undo();
  });
  return {
    open: () => (section.hidden = false),
    close: () => {
      rest();
      section.hidden = true;
    },
  };
}

/** @param {HTMLElement} drawn @param {string} text */
function hint(drawn, text) {
  drawn.replaceChildren(element("span", { className: "hint", textContent: text }));
}

/** @param {HTMLElement} drawn @param {import("./reading.js").Page} page */
function show(drawn, page) {
  const [line] = page.regions.flatMap((region) => region.lines);
  if (line?.text) drawWords(drawn, line, line.text);
  else hint(drawn, "Nothing to read yet.");
}
