/** The QR screen: the camera looks, the scanner listens. */
import { startCamera } from "/static/js/camera.js";
import { t } from "/static/js/texts.js";
import { begin, checkIn } from "./check_in.js";

const words = document.getElementById("camera-words");

function onProblem(code) {
  document.getElementById("camera").hidden = true;
  document.getElementById("camera-off").hidden = false;
  document.getElementById("finder").classList.add("finder--off");
  words.textContent = t(code);
}

function onReady() {
  words.textContent = t("camera_ready");
}

document.getElementById("typed-scan").hidden = true;
document.getElementById("finder").hidden = false;
words.textContent = t("camera_starting");
begin();
// The camera goes on seeing a code that was just refused; only an open page takes one.
function onCode(text) {
  if (document.getElementById("answer").hidden) checkIn(text);
}

startCamera(document.getElementById("camera"), { facing: "user", onCode, onReady, onProblem });
