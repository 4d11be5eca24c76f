/**
 * The keyboards of the screen, as plain data: rows of signs in the order of the real keys, left to right in
 * every script. A new one is one more entry; what all of them have (space, full stop, delete) is on the page.
 */
const DIGITS = "1234567890";

/** label: on the key that brings it; language: whose letters; screens: languages of a screen that begin with it. */
export const KEYBOARDS = [
  {
    label: "ABC",
    language: "fi",
    screens: [],
    rows: [`${DIGITS}'`, "qwertyuiopå", "asdfghjklöä", "zxcvbnm,?:-"],
  },
  {
    label: "РУС",
    language: "ru",
    screens: ["ru", "be", "kk"],
    rows: [`${DIGITS}:-`, "йцукенгшщзхъ", "фывапролджэё", "ячсмитьбю,?'"],
  },
  {
    label: "УКР",
    language: "uk",
    screens: ["uk"],
    rows: [`${DIGITS}:-`, "йцукенгшщзхї", "фівапролджєґ", "ячсмитьбю,?'"],
  },
  {
    label: "عر",
    language: "ar",
    screens: ["ar"],
    rows: [`${DIGITS}،؟`, "ضصثقفغعهخحجد", "شسيبلاتنمكطذ", "ئءؤرىةوزظأإآ"],
  },
  {
    label: "فا",
    language: "fa",
    screens: ["fa", "prs"],
    rows: [`${DIGITS}،؟`, "ضصثقفغعهخحجچ", "شسیبلاتنمکگؤ", "ظطزرذدپوئژآء"],
  },
];

/** The place of the keyboard a screen in this language begins with. */
export function firstFor(language) {
  const code = language.split("-")[0];
  return Math.max(0, KEYBOARDS.findIndex((one) => one.screens.includes(code)));
}
