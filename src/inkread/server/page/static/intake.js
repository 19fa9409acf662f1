// How files come in: dropped anywhere, pasted anywhere, chosen, or photographed.

import { find } from "./dom.js";

/** @param {(files: File[]) => void} take */
export function intake(take) {
  for (const id of ["#choose", "#camera"]) {
    const input = find(id);
    input.addEventListener("change", () => {
      take([...input.files]);
      input.value = ""; // the same file may be chosen again
    });
  }
  paste(take);
  drop(take);
}

/** @param {(files: File[]) => void} take */
function paste(take) {
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });
}

/** @param {(files: File[]) => void} take */
function drop(take) {
  const zone = find("#drop");
  let depth = 0; // of the elements that the pointer has gone into
  const light = (/** @type {number} */ to) => zone.classList.toggle("over", (depth = to) > 0);
  const files = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragenter", (event) => files(event) && light(depth + 1));
  document.addEventListener("dragleave", (event) => files(event) && light(Math.max(0, depth - 1)));
  document.addEventListener("dragover", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  });
  document.addEventListener("drop", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    light(0);
    take([...(event.dataTransfer?.files ?? [])]);
  });
}
