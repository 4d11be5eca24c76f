/**
 * A countdown that is seen each second but heard only at a few steps, so that it never talks over the page.
 */

const SPOKEN_AT = [120, 60, 30, 20, 10, 5];

/**
 * @param {object} options
 *   seconds: length
 *   onTick(left, share): each second; share runs from 1 to 0
 *   onEnd(): once, at zero
 *   liveRegion: element with role="status", visually hidden; the visible figure must not be live
 *   sentence(left): what is said
 *   spokenAt: seconds left at which it is said
 * @returns {{extend: function, stop: function, left: function}} `extend(seconds)` adds time and says the rest
 */
export function countdown(options) {
  const { onTick, onEnd, liveRegion, sentence, spokenAt = SPOKEN_AT } = options;
  let length = options.seconds;
  let deadline = performance.now() + length * 1000;
  let said = Infinity;

  const left = () => Math.max(0, Math.ceil((deadline - performance.now()) / 1000));

  function say(rest) {
    if (liveRegion && sentence) liveRegion.textContent = sentence(rest);
  }

  /** Says the rest when a step was reached since the last time, even if the tick on it was missed. */
  function sayIfDue(rest) {
    const step = Math.min(...spokenAt.filter((at) => at >= rest));
    if (rest === 0 || step >= said || step >= length) return;
    said = step;
    say(rest);
  }

  function tick() {
    const rest = left();
    onTick?.(rest, rest / length);
    sayIfDue(rest);
    if (rest > 0) return;
    clearInterval(timer);
    onEnd?.();
  }

  const timer = setInterval(tick, 1000);
  onTick?.(length, 1);

  return {
    left,
    extend(seconds) {
      length = left() + seconds;
      deadline = performance.now() + length * 1000;
      said = Infinity;
      onTick?.(length, 1);
      say(length);
    },
    stop: () => clearInterval(timer),
  };
}
