// Editing rows: Enter and the arrows go from line to line, Escape restores, pasted text stays one line.

/**
 * @typedef {object} Hooks
 * @property {(row: HTMLElement) => string} before what stood there when the row got the focus
 * @property {(row: HTMLElement, text: string) => void} done called with what stands there now
 * @property {(row: HTMLElement, by: number) => void} other take the reading that comes next, or the one before
 */

/**
 * Let every [data-line] in a list be edited. Nothing but the browser touches a row while it is
 * typed into, so the browser's own undo works.
 * @param {HTMLElement} list
 * @param {Hooks} hooks
 */
export function editing(list, { before, done, other }) {
  let stood = "";
  const rowOf = (/** @type {Event} */ event) =>
    /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-line]"));

  list.addEventListener("focusin", (event) => {
    const row = rowOf(event);
    if (row) stood = before(row);
  });
  list.addEventListener("focusout", (event) => {
    const row = rowOf(event);
    if (row) finish(row);
  });
  list.addEventListener("keydown", (event) => {
    const row = rowOf(event);
    if (!row || event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const down = event.key === "ArrowDown";
    if (event.altKey && (down || event.key === "ArrowUp")) other(row, down ? 1 : -1);
    else if (event.altKey) return;
    else if (event.key === "Escape") done(row, stood), caret(row, stood.length);
    else if (event.key === "Enter") step(row, 1, 0);
    else if (down && single(row)) step(row, 1, offset(row));
    else if (event.key === "ArrowUp" && single(row)) step(row, -1, offset(row));
    else return;
    event.preventDefault();
  });
  list.addEventListener("beforeinput", (event) => {
    const row = rowOf(event);
    if (!row) return;
    if (event.inputType === "insertParagraph" || event.inputType === "insertLineBreak") {
      event.preventDefault(); // phones send this without a keydown that says Enter
      step(row, 1, 0);
    } else if (event.inputType === "insertFromPaste" || event.inputType === "insertFromDrop") {
      const text = event.dataTransfer?.getData("text/plain") ?? event.data ?? "";
      if (row.contentEditable === "plaintext-only" && !/[\r\n]/.test(text)) return;
      event.preventDefault();
      document.execCommand("insertText", false, text.replace(/\s+/g, " ")); // the one way that can be undone
    } else if (event.inputType.startsWith("format")) event.preventDefault();
  });

  /** @param {HTMLElement} row */
  function finish(row) {
    const text = (row.textContent ?? "").replace(/\s+/g, " ").trim();
    if (text !== before(row)) done(row, text);
  }

  /** @param {HTMLElement} row @param {number} by @param {number} at */
  function step(row, by, at) {
    const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-line]")]);
    const next = rows[rows.indexOf(row) + by];
    if (!next) return;
    next.focus();
    caret(next, at);
  }
}

/** @param {HTMLElement} row @returns {boolean} whether it fills one line on the screen */
function single(row) {
  const range = document.createRange();
  range.selectNodeContents(row);
  return new Set([...range.getClientRects()].map((box) => Math.round(box.bottom / 8))).size <= 1;
}

/** @param {HTMLElement} row @returns {number} characters before the caret */
function offset(row) {
  const selection = getSelection();
  if (!selection?.focusNode) return 0;
  const range = document.createRange();
  range.setStart(row, 0);
  range.setEnd(selection.focusNode, selection.focusOffset);
  return range.toString().length;
}

/** @param {HTMLElement} row @param {number} at characters before the caret */
function caret(row, at) {
  const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  let left = at;
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (left <= length) return getSelection()?.collapse(node, left);
    left -= length;
  }
  getSelection()?.selectAllChildren(row);
  getSelection()?.collapseToEnd();
}
