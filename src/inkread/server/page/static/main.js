// Ties the parts of the page together: what comes in goes to the tray, is read, and is shown.

import { find } from "./dom.js";
import { Downloads } from "./downloads.js";
import { drawing } from "./drawing.js";
import { intake } from "./intake.js";
import { Item } from "./item.js";
import { light } from "./light.js";
import { mode } from "./mode.js";
import { Pages } from "./pages.js";
import { Queue } from "./queue.js";
import { models } from "./reading.js";
import { Sheet } from "./sheet.js";
import { say } from "./status.js";
import { Text } from "./text.js";
import { Tray } from "./tray.js";
import { zoom } from "./zoom.js";

const app = find("#app");
const reading = find("#reading");
const draw = find("#draw");
const queue = new Queue(Number(app.dataset.maxBytes));
const tray = new Tray(find("#tray"), { show, remove, retry });
const sheet = new Sheet(find("#sheet"));
const text = new Text(find("#text"), find(".others"));
const pages = new Pages(find("#pages"), turn);
const downloads = new Downloads();
const chosen = mode();
const writing = drawing((file) => {
  take([file], "line");
  if (shown) tray.focus(shown);
});
/** @type {Item|undefined} */
let shown;

intake((files) => take(files, chosen()));
light(reading, find("#sheet"), find("#text"), (key, place) => sheet.mark(key, place));
zoom(find(".zoom"), find("#sheet"), find(".leaf"));
draw.addEventListener("click", () => write(draw.getAttribute("aria-expanded") === "false"));
find("#close").addEventListener("click", () => {
  write(false);
  draw.focus();
});
addEventListener("beforeunload", (event) => {
  if (tray.items.some((item) => item.unsaved.size)) event.preventDefault();
});
models().then(
  ({ collect }) => (find("#save").hidden = !collect),
  () => say("The server does not answer."),
);

/** @param {File[]} files @param {string} shows page, line or character */
function take(files, shows) {
  const items = files.map((file) => new Item(file, shows));
  for (const item of items) {
    tray.add(item);
    follow(item);
    queue.add(item);
  }
  if (items.length && (!shown || items.length === 1)) show(items[0]);
}

/** @param {Item} item */
function follow(item) {
  let state = item.state;
  item.addEventListener("page", () => {
    if (item === shown && item.pages.length - 1 === item.shown) open();
  });
  item.addEventListener("change", () => {
    if (item === shown) frame();
    if (item.state === state) return;
    state = item.state;
    if (state === "done") say(`${item.name} is read.`, true);
    if (state === "failed") say(`${item.name}: ${item.detail}`, true);
    if (item === shown && !item.pages.length) open();
    if (item === shown && state === "failed") tray.reveal(item);
  });
}

/** @param {Item} item */
function show(item) {
  shown = item;
  write(false);
  open();
  tray.reveal(item);
}

/** Show the page of the file that is looked at. */
function open() {
  if (!shown) return;
  frame();
  sheet.show(shown);
  text.show(shown);
}

/** Show what stands around the page. */
function frame() {
  app.classList.toggle("empty", !shown && draw.getAttribute("aria-expanded") === "false");
  reading.hidden = !shown || draw.getAttribute("aria-expanded") === "true";
  reading.classList.toggle("unread", shown?.state === "failed" && !shown.pages.length);
  find("#reading-title").textContent = shown?.name ?? "";
  if (shown) pages.show(shown);
  downloads.show(shown);
  tray.mark(shown);
}

/** @param {number} to */
function turn(to) {
  shown?.update({ shown: to });
  open();
}

/** @param {Item} item */
function remove(item) {
  const lost = `${item.name} has corrections that you did not download. Remove it with them?`;
  if (item.unsaved.size && !confirm(lost)) return;
  item.leaving.abort();
  const next = tray.remove(item);
  if (item === shown) {
    shown = next;
    sheet.clear();
    if (next) open();
    else frame();
  }
  if (next) tray.focus(next);
  else find("#choose").focus();
}

/** @param {Item} item */
function retry(item) {
  item.restart();
  queue.add(item);
  tray.focus(item);
}

/** @param {boolean} yes open the canvas, or go back to the files */
function write(yes) {
  draw.setAttribute("aria-expanded", String(yes));
  if (yes) writing.open();
  else writing.close();
  frame();
}
