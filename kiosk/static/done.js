/** The confirmation: prints the slip once, then closes. */
import { countdown } from "/static/js/countdown.js";
import { t } from "/static/js/texts.js";
import { drawBar, reset } from "./frame.js";
import { remove } from "./outbox.js";

const STAYS = 20; // s
const MORE = 60; // s
const PRINTED = "ihh_kiosk_printed";
const SLIP_MM = 72; // what an 80 mm printer can print on
const DOTS = 576;

const { request } = document.getElementById("printing").dataset;

/** A page exactly as long as the slip, so that the printer cuts where it ends. */
function setPaper() {
  const slip = document.getElementById("slip");
  const length = Math.ceil((slip.offsetHeight / slip.offsetWidth) * SLIP_MM) + 8;
  const sheet = [...document.styleSheets].find((each) => each.href?.includes("/slip.css"));
  sheet.insertRule(`@page { size: 80mm ${length}mm; margin: 0 }`, sheet.cssRules.length);
}

/** Once for each check-in, however often the page is loaded. */
function printSlip() {
  if (!request || sessionStorage.getItem(PRINTED) === request) return;
  sessionStorage.setItem(PRINTED, request);
  setPaper();
  window.print();
}

function close() {
  const words = document.getElementById("closing");
  const more = document.querySelector("[data-more-time]");
  const counter = countdown({
    seconds: STAYS,
    onTick(left, share) {
      words.textContent = t("idle_left", { seconds: left });
      drawBar(document.querySelector(".closing"), share);
    },
    onEnd: reset,
    liveRegion: document.getElementById("spoken"),
    sentence: (left) => t("idle_left", { seconds: left }),
  });
  more.hidden = false;
  more.addEventListener("click", () => counter.extend(MORE));
}

remove(request);
close();
if (document.readyState === "complete") printSlip();
else addEventListener("load", printSlip, { once: true });
