// Elements, made and found in one line. Text is always set as text, never parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an HTML element.
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] of the element; names with a dash are attributes
 * @param {...(Node|string)} children
 * @returns {any}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") made.setAttribute(name, String(value));
    else Object.assign(made, { [name]: value });
  }
  made.append(...children);
  return made;
}

/**
 * Make an SVG element.
 * @param {string} tag
 * @param {Record<string, string|number>} [attributes]
 * @returns {SVGElement}
 */
export function shape(tag, attributes = {}) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/**
 * Find what the page's HTML is sure to have.
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {any}
 */
export function find(selector, root = document) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`The page has no ${selector}.`);
  return found;
}

/**
 * Allow two opposite steps or not; the focus does not get lost on one that is allowed no more.
 * @param {HTMLButtonElement} back @param {boolean} canBack
 * @param {HTMLButtonElement} forth @param {boolean} canForth
 */
export function allow(back, canBack, forth, canForth) {
  const held = document.activeElement;
  back.disabled = !canBack;
  forth.disabled = !canForth;
  if (held === back && !canBack) forth.focus();
  if (held === forth && !canForth) back.focus();
}

/** @returns {ScrollBehavior} how to scroll for someone who may want less motion */
export function motion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
}

/**
 * Scroll a pane, and nothing around it, until a part of it can be seen.
 * @param {Element} pane
 * @param {Element} part
 */
export function reveal(pane, part) {
  const outer = pane.getBoundingClientRect();
  const inner = part.getBoundingClientRect();
  const margin = Math.min(48, outer.height / 8);
  const above = inner.top - outer.top - margin;
  const below = inner.bottom - outer.bottom + margin;
  const by = above < 0 ? above : below > 0 ? Math.min(below, above) : 0;
  if (by) pane.scrollBy({ top: by, behavior: motion() });
}
