/**
 * Which calls are new, and how they take the screen one after another.
 */

const HOLD = 8_000; // ms
const HOLD_IN_A_RUSH = 4_000;
const RUSH = 3; // so many waiting takeovers make a rush: nobody's call should come a minute late
const MEMORY_LIVES = 600_000; // ms: after a longer break the board is read as if for the first time

/** Tells the calls that were not on any board before. A recall is a call of its own: its id differs. */
export class News {
  #seen;
  #old;

  /** Takes the calls of a board from before a reload as seen, if it is a recent one. */
  know(epoch, at, calls) {
    if (Date.now() - at < MEMORY_LIVES) this.#old = { epoch, ids: calls.map(({ id }) => id) };
  }

  /** The new calls that are still open, oldest first; none on the first board. */
  take({ epoch, calls }) {
    if (!this.#seen && this.#old?.epoch === epoch) this.#seen = new Set(this.#old.ids);
    const seen = this.#seen;
    this.#seen = new Set([...(seen ?? []), ...calls.map(({ id }) => id)]);
    if (!seen) return [];
    return calls.filter(({ id, state }) => state === "called" && !seen.has(id)).reverse();
  }
}

/** Shows calls one at a time, each for a while. Changes are cuts, seconds apart: nothing flashes. */
export class Takeovers {
  #line = [];
  #timer;
  current;

  /**
   * @param {object} options
   *   onShow(call), onEnd(): when a call begins to fill the screen, when the last one ends
   *   isStill(call): whether the visitor is still awaited; others lose their turn
   */
  constructor({ onShow, onEnd, isStill }) {
    Object.assign(this, { onShow, onEnd, isStill });
  }

  add(calls) {
    this.#line.push(...calls);
    if (!this.current) this.#next();
  }

  cancel() {
    clearTimeout(this.#timer);
    this.#line = [];
    this.current = undefined;
  }

  #next() {
    this.#line = this.#line.filter(this.isStill);
    const had = this.current;
    this.current = this.#line.shift();
    if (this.current) {
      this.#timer = setTimeout(() => this.#next(), this.#line.length >= RUSH ? HOLD_IN_A_RUSH : HOLD);
      this.onShow(this.current);
    } else if (had) {
      this.onEnd();
    }
  }
}
