/**
 * Which of two boards is newer. Epochs are days, written so that they sort.
 */
export class BoardGate {
  #epoch = "";
  #revision = -1;

  accepts({ epoch, revision }) {
    if (epoch < this.#epoch || (epoch === this.#epoch && revision < this.#revision)) return false;
    this.#epoch = epoch;
    this.#revision = revision;
    return true;
  }

  /** Lets any board in again: a server restored from a copy may count from an earlier day or revision. */
  forget() {
    this.#epoch = "";
    this.#revision = -1;
  }
}
