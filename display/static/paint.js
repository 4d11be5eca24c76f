/**
 * Draws the board. What did not change is left alone, so that a screen reader hears changes only.
 */
import { agencyNames, element, say, spoken } from "./words.js";

const ROWS = 5; // the latest call and four more
const OTHERS = 3;
const OLD_ROWS = 6;
const LONG_LABEL = 3; // signs from which a desk's name is set smaller

const at = (id) => document.getElementById(id);
const drawn = new Map();

/** Draws `make()` into the element unless it was drawn from equal `data` before. */
function draw(id, data, make) {
  const key = JSON.stringify(data);
  if (drawn.get(id) === key) return;
  drawn.set(id, key);
  at(id).replaceChildren(...make());
}

function arrow() {
  return at("arrow").content.cloneNode(true);
}

/** "K 042", heard sign by sign. */
function number(call) {
  const seen = element("bdi", "", call.number.replaceAll(" ", "\u00a0"));
  seen.dir = "ltr";
  seen.ariaHidden = "true";
  const heard = element("span", "visually-hidden", [...call.number.replaceAll(" ", "")].join(" "));
  return element("span", "call__number", seen, heard);
}

function desk(call) {
  const label = element("span", call.desk.length >= LONG_LABEL ? "call__desk is-long" : "call__desk");
  const word = spoken(say("desk").slice(-1), "visually-hidden");
  label.append(word, " ", call.desk);
  return label;
}

function badge(call) {
  return element("span", `area area--${call.area}`, call.area);
}

function row(call, className) {
  return element("li", className, number(call), arrow(), desk(call), badge(call));
}

export function paintCalls(calls) {
  const rows = calls.slice(0, ROWS);
  draw("calls", rows.map(({ id }) => id), () =>
    rows.map((call, index) => row(call, index ? "call" : "call call--now")),
  );
  at("nobody").hidden = rows.length > 0;
}

function halves(minutes, round) {
  const count = round(minutes / 30);
  const whole = Math.floor(count / 2);
  return `${whole || ""}${count % 2 ? "½" : ""}` || "0";
}

/** [range, unit]: "10–25" min; above an hour and a half in half hours, "1–2" h. */
function range({ low, high }) {
  if (high <= 90) return [`${low}–${high}`, "min"];
  return [`${halves(low, Math.floor)}–${halves(high, Math.ceil)}`, "h"];
}

function wait(row) {
  if (row.state === "closed") return spoken(say("line_closed"), "wait__none");
  if (row.state === "by_appointment") return spoken(say("by_appointment"), "wait__none");
  const [span, unit] = range(row);
  const figures = element("bdi", "", span);
  figures.dir = "ltr";
  return element("span", "wait__range", figures, element("span", "wait__unit", `\u00a0${unit}`));
}

export function paintWaits(waits) {
  draw("waits", waits, () =>
    waits.map((row) => element("li", "wait", spoken(agencyNames(row.agency), "wait__agency"), wait(row))),
  );
}

export function paintClosed(opening, clock) {
  const next = opening.next && new Date(opening.next);
  draw("opening", opening, () =>
    next ? [spoken(say("opens", (l) => ({ day: clock.day(next, l), time: clock.time(next, l) })), "lines")] : [],
  );
}

/** The call on the whole screen, with the calls before it below. */
export function paintTakeover(call, calls) {
  const place = element("div", "takeover__place", arrow(), desk(call), badge(call));
  place.append(spoken(say("go", () => ({ desk: call.desk })), "lines takeover__go"));
  at("takeover").replaceChildren(element("p", "takeover__number", number(call)), place);
  const others = calls.filter(({ id }) => id !== call.id).slice(0, OTHERS);
  draw("others", others.map(({ id }) => id), () =>
    others.length ? [spoken(say("just_called"), "commas"), ...others.map(small)] : [],
  );
}

function small(call) {
  return element("span", "other", number(call), arrow(), desk(call));
}

function ageSentence(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return say("age_now");
  if (minutes >= 120) return say("age_hours", () => ({ hours: Math.floor(minutes / 60) }));
  return say(minutes === 1 ? "age_minute" : "age_minutes", () => ({ minutes }));
}

/**
 * The board that stopped. `calls` may be undefined when none was ever seen; `seconds` since it was true, `at` the
 * house's time then.
 */
export function paintOld(calls, { seconds, at: then, clock }) {
  draw("stopped", true, () => [at("stopped-words").content.cloneNode(true)]);
  const rows = (calls ?? []).slice(0, OLD_ROWS);
  draw("old-calls", rows.map(({ id }) => id), () =>
    rows.map((call) => {
      const line = row(call, "old__call");
      line.prepend(element("time", "", clock.time(new Date(call.at))));
      return line;
    }),
  );
  const age = then ? ageSentence(seconds) : [];
  draw("age", age, () => (then ? [element("b", "", clock.time(then)), spoken(age, "lines")] : []));
}
