/**
 * How old what we show is, and which of two states is newer.
 */

/**
 * Seconds since the server last confirmed the state on screen; a 304 confirms as much as a new state.
 *
 * Two clocks are read and the larger age counts: the monotonic one may stand still while the machine sleeps,
 * the wall clock may be set back. A board may thus call itself old too early, never too late.
 */
export class Freshness {
  #monotonic;
  #wall;

  /** Says that the state on screen was true just now. */
  confirm() {
    this.#monotonic = performance.now();
    this.#wall = Date.now();
  }

  /** Whole seconds since the last confirmation; Infinity before the first. */
  age() {
    if (this.#monotonic === undefined) return Infinity;
    const elapsed = Math.max(performance.now() - this.#monotonic, Date.now() - this.#wall);
    return Math.floor(elapsed / 1000);
  }
}

/**
 * Lets a state pass unless a later one of the same epoch was seen. Epochs are not ordered: a new one (another
 * day, a restored database) starts its revisions anew and is always let in.
 */
export class RevisionGate {
  #epoch;
  #revision;

  accepts({ epoch, revision }) {
    if (epoch === this.#epoch && revision < this.#revision) return false;
    this.#epoch = epoch;
    this.#revision = revision;
    return true;
  }
}

/** Pause before try number `failures` in ms: doubling from `first` to `most`, then spread by ± half. */
export function pause(failures, first, most) {
  const plain = Math.min(most, first * 2 ** Math.max(0, failures - 1));
  return plain * (0.5 + Math.random());
}
