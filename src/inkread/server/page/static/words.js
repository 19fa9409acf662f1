// Words coloured by how sure the reader is of them; those that a person changed are told apart.

import { element } from "./dom.js";

/** @import { Line } from "./reading.js" */

/** @typedef {{text: string, confidence: number, edited: boolean, place: number}} Shown place: in line.words, or -1 */

const HIGH = 0.9;
const MIDDLE = 0.5;

/** @param {number} confidence 0 to 1 @returns {"high"|"middle"|"low"} */
export function levelOf(confidence) {
  return confidence >= HIGH ? "high" : confidence >= MIDDLE ? "middle" : "low";
}

/**
 * Say of each word of a text whether the reader read it so, and how sure it was.
 * @param {Line} line as read
 * @param {string} text as it stands now
 * @returns {Shown[]}
 */
export function wordsOf(line, text) {
  const now = text.split(/\s+/u).filter(Boolean);
  const same = common(line.words.map((word) => word.text), now);
  return now.map((word, index) => {
    const place = same.get(index) ?? -1;
    const confidence = place < 0 ? 1 : line.words[place].confidence;
    return { text: word, confidence, edited: place < 0, place };
  });
}

/**
 * Draw a line's words into its row.
 * @param {HTMLElement} row
 * @param {Line} line
 * @param {string} text
 */
export function drawWords(row, line, text) {
  const spans = wordsOf(line, text).map((word) =>
    element("span", {
      className: `word ${word.edited ? "edited" : levelOf(word.confidence)}`,
      title: word.edited ? "yours" : `${Math.round(word.confidence * 100)} % sure`,
      textContent: word.text,
      "data-confidence": word.confidence,
      "data-place": word.place,
    }),
  );
  row.replaceChildren(...spans.flatMap((span, index) => (index ? [" ", span] : [span])));
}

/**
 * The longest common subsequence of two lists of words.
 * @param {string[]} before
 * @param {string[]} now
 * @returns {Map<number, number>} where in now -> where in before
 */
function common(before, now) {
  const length = Array.from({ length: before.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const skipped = Math.max(length[i + 1][j], length[i][j + 1]);
      length[i][j] = before[i] === now[j] ? length[i + 1][j + 1] + 1 : skipped;
    }
  }
  const pairs = new Map();
  for (let i = 0, j = 0; i < before.length && j < now.length; ) {
    if (before[i] === now[j]) pairs.set(j++, i++);
    else if (length[i + 1][j] >= length[i][j + 1]) i++;
    else j++;
  }
  return pairs;
}
