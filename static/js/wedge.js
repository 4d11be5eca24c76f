/**
 * A scanner that types: a burst of keys, faster than hands, ended by Enter.
 *
 * Keys are only watched, so normal typing works everywhere. When a burst turns out to be a scan, its Enter is
 * kept from pressing a button or sending a form, and a text field that caught the keys gets back what it held.
 */

const FIELD = "input, textarea";

/** The field under the keys, with what it held before the burst. */
function heldBy(target) {
  const field = target instanceof Element && target.matches(FIELD) ? target : null;
  return field && { field, value: field.value };
}

function restore(held) {
  if (!held || held.field.value === held.value) return;
  held.field.value = held.value;
  held.field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * @param {function(string)} callback gets the scanned text
 * @param {object} options
 *   minLength: shortest scan in characters; shorter bursts are typing
 *   maxGap: longest pause between two keys of a scan, ms
 * @returns {function} stops listening
 */
export function listenForScans(callback, { minLength = 6, maxGap = 50 } = {}) {
  let burst = "";
  let last = 0;
  let held = null;

  function begin(event) {
    burst = "";
    held = heldBy(event.target);
  }

  function isScan(event) {
    return event.key === "Enter" && burst.length >= minLength && event.timeStamp - last <= maxGap;
  }

  function end(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = burst;
    burst = "";
    restore(held);
    callback(text);
  }

  function onKey(event) {
    if (event.isComposing || event.key === "Shift" || event.key === "AltGraph") return;
    if (isScan(event)) {
      end(event);
      return;
    }
    const isCharacter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.repeat;
    if (!isCharacter || event.timeStamp - last > maxGap) begin(event);
    if (!isCharacter) return;
    burst += event.key;
    last = event.timeStamp;
  }

  document.addEventListener("keydown", onKey, { capture: true });
  return () => document.removeEventListener("keydown", onKey, { capture: true });
}
