/**
 * The display's sentences, each in Finnish, Swedish and English: lists of [language, text].
 */
const { sentences, agencies } = JSON.parse(document.getElementById("words").textContent);

export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

/** An element with the texts, each marked with its language. */
export function spoken(texts, className) {
  const lines = texts.map(([language, text]) => {
    const line = element("span", "", text);
    line.lang = language;
    return line;
  });
  return element("span", className, ...lines);
}

/** The sentence for `key` in every language; `fill(language)` gives what stands in for its {names}. */
export function say(key, fill = () => ({})) {
  return sentences[key].map(([language, sentence]) => {
    const values = fill(language);
    return [language, sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)];
  });
}

export const agencyNames = (id) => agencies[id] ?? [["en", id]];
