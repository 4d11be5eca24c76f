/**
 * The page's sentences, translated by the server and left in <script type="application/json" id="texts">.
 */

let sentences;

function load() {
  const source = document.getElementById("texts");
  return source ? JSON.parse(source.textContent) : {};
}

/**
 * The sentence for `key`, with {name} and %(name)s replaced from `vars`. An unknown key is returned as it is:
 * a visible fault is found sooner than an empty line.
 */
export function t(key, vars = {}) {
  sentences ??= load();
  const sentence = sentences[key];
  if (sentence === undefined) {
    console.warn(`no text for "${key}"`);
    return key;
  }
  return sentence.replace(/\{(\w+)\}|%\((\w+)\)s/g, (whole, braced, percent) => {
    const name = braced ?? percent;
    return name in vars ? String(vars[name]) : whole;
  });
}
