// The server's API: send a file, get its pages one by one, wait politely where the server asks to.

/**
 * @typedef {{text: string, confidence: number, polygon: number[][]}} Word
 * @typedef {{text: string, confidence: number, polygon: number[][], words: Word[],
 *   alternatives?: {text: string, confidence: number}[]}} Line
 * @typedef {{type: string, lines: Line[]}} Region
 * @typedef {{source: string, number: number, width: number, height: number, regions: Region[]}} Page
 * @typedef {{event: "start"|"page"|"end", pages: number, done?: number, page?: Page}} ReadEvent
 * @typedef {{signal?: AbortSignal, waiting?: (seconds: number) => void}} Options
 */

const ATTEMPTS = 10;
const LONGEST_WAIT = 60;

/** What the server, or the way to it, has against a request; the message says what to do. */
export class Problem extends Error {
  /**
   * @param {string} detail
   * @param {number} [wait] seconds after which to try again; 0: better not
   */
  constructor(detail, wait = 0) {
    super(detail);
    this.name = "Problem";
    this.wait = wait;
  }
}

/**
 * Read a file page by page.
 * @param {File} file
 * @param {string} mode page, line or character
 * @param {Options} [options]
 * @returns {AsyncGenerator<ReadEvent>}
 */
export async function* readPages(file, mode, options = {}) {
  await readable(file);
  const answer = await post(`/v1/read?mode=${mode}&stream=ndjson`, form({ file }), options);
  for await (const event of lines(answer)) {
    if (event.event === "problem") throw new Problem(event.problem.detail);
    yield event;
    if (event.event === "end") return;
  }
  throw new Problem("The connection broke off. Try again.");
}

/**
 * Read one line of ink.
 * @param {Blob} image
 * @param {Options} [options]
 * @returns {Promise<Page>}
 */
export async function readLine(image, options = {}) {
  const answer = await post("/v1/read?mode=line", image, options);
  return (await answer.json()).pages[0];
}

/**
 * Ask what the server can do.
 * @returns {Promise<{formats: string[], collect?: boolean}>}
 */
export async function models() {
  const answer = await fetch("/v1/models");
  return answer.json();
}

/**
 * Post a body; where the server is busy, wait as long as it says and try again.
 * @param {string} path
 * @param {BodyInit} body
 * @param {Options} [options]
 * @returns {Promise<Response>} a good one
 * @throws {Problem}
 */
export async function post(path, body, { signal, waiting } = {}) {
  for (let attempt = 1; ; attempt++) {
    const answer = await reach(path, { method: "POST", body, signal });
    if (answer.ok) return answer;
    const problem = await problemOf(answer);
    if (!problem.wait || attempt === ATTEMPTS) throw problem;
    waiting?.(problem.wait);
    await pause(problem.wait, signal);
  }
}

/**
 * @param {Record<string, Blob>} fields
 * @returns {FormData}
 */
export function form(fields) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

/** @param {string} path @param {RequestInit} init */
async function reach(path, init) {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem("The server cannot be reached. See whether it runs, then try again.");
  }
}

/** @param {Response} answer */
async function problemOf(answer) {
  const asked = Number(answer.headers.get("Retry-After"));
  const wait = asked > 0 ? Math.min(asked, LONGEST_WAIT) : 0;
  try {
    return new Problem((await answer.json()).detail, wait);
  } catch {
    return new Problem(`The server answers with an error (${answer.status}). Try again later.`, wait);
  }
}

/** @param {File} file */
async function readable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Problem("The browser cannot read this file. Folders cannot be sent: choose the files in it.");
  }
}

/** @param {Response} answer */
async function* lines(answer) {
  if (!answer.body) return;
  const decoder = new TextDecoder();
  const reader = answer.body.getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    const whole = (rest + decoder.decode(value, { stream: !done })).split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) if (line) yield JSON.parse(line);
    if (done) return;
  }
}

/** @param {number} seconds @param {AbortSignal} [signal] */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal?.reason);
    if (signal?.aborted) return stop();
    const spread = seconds * (1 + Math.random() / 4); // those who were sent away come back one by one
    setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve(undefined);
    }, spread * 1000);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
