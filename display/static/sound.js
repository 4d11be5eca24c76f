/**
 * The chime before a call. A browser may want a touch before it lets a page sound: then `button` is shown.
 * A display is started with --autoplay-policy=no-user-gesture-required and never needs it.
 */
export class Chime {
  #context = new AudioContext();
  #url;
  #sound;

  constructor(url, button) {
    this.#url = url;
    const update = () => {
      button.hidden = this.#context.state === "running";
    };
    this.#context.addEventListener("statechange", update);
    button.addEventListener("click", () => this.#context.resume().then(() => this.play()));
    update();
    this.#load();
  }

  /** Sounds at once or not at all: a chime kept back would sound for nobody. */
  async play() {
    const sound = await this.#load();
    if (!sound || this.#context.state !== "running") return;
    const source = this.#context.createBufferSource();
    source.buffer = sound;
    source.connect(this.#context.destination);
    source.start();
  }

  /** The decoded sound; undefined while it cannot be had, and tried again at the next call. */
  #load() {
    this.#sound ??= fetch(this.#url)
      .then((answer) => answer.arrayBuffer())
      .then((bytes) => this.#context.decodeAudioData(bytes))
      .catch(() => {
        this.#sound = undefined;
      });
    return this.#sound;
  }
}
