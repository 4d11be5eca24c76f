/**
 * The house's time: the server's, whatever this machine's clock says. A demonstration runs on another day.
 */
const LOCALES = { fi: "fi-FI", sv: "sv-FI", en: "en-GB" };

export class HouseClock {
  offset; // ms that the house is ahead of this machine; undefined until the server has said so

  constructor(timeZone) {
    this.timeZone = timeZone;
    this.hours = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  }

  /** `at`: what the server's clock says now, ISO 8601. */
  set(at) {
    this.offset = Date.parse(at) - Date.now();
  }

  /** The house's time at `wall`, ms of this machine's clock. */
  of(wall) {
    return new Date(wall + (this.offset ?? 0));
  }

  /** "10.38"; with a colon in English. */
  time(date, language = "fi") {
    const parts = Object.fromEntries(this.hours.formatToParts(date).map(({ type, value }) => [type, value]));
    return `${Number(parts.hour)}${language === "en" ? ":" : "."}${parts.minute}`;
  }

  /** "ti 1.12.", "tis 1 dec.", "Tue 1 Dec". */
  day(date, language) {
    const month = language === "fi" ? "numeric" : "short";
    const format = { timeZone: this.timeZone, weekday: "short", day: "numeric", month };
    return new Intl.DateTimeFormat(LOCALES[language], format).format(date).replace(",", "");
  }

  paint() {
    if (this.offset === undefined) return;
    const now = this.of(Date.now());
    const weekday = (locale) => new Intl.DateTimeFormat(locale, { timeZone: this.timeZone, weekday: "short" }).format(now);
    const day = new Intl.DateTimeFormat("fi-FI", { timeZone: this.timeZone, dateStyle: "short" }).format(now);
    document.getElementById("date").textContent = `${weekday("fi-FI")}/${weekday("sv-FI")} ${day}`;
    document.getElementById("clock").textContent = this.time(now);
  }
}
