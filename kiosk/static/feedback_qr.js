/** Feedback, whose visit: the camera looks, the scanner listens; what they read is sent by the page's form. */
import { startCamera } from "/static/js/camera.js";
import { t } from "/static/js/texts.js";
import { listenForScans } from "/static/js/wedge.js";
import { codeIn } from "./outbox.js";

const byId = (id) => document.getElementById(id);
const form = byId("feedback");
const words = byId("camera-words");
let isSent = false;

/** Once: a camera goes on seeing the code while the answer is under way. */
function send(text) {
  if (isSent) return;
  isSent = true;
  byId("scanned").value = codeIn(text);
  form.submit();
}

function onProblem(code) {
  byId("camera").hidden = true;
  byId("camera-off").hidden = false;
  byId("finder").classList.add("finder--off");
  words.textContent = t(code);
}

form.hidden = true;
byId("finder").hidden = false;
words.textContent = t("camera_starting");
listenForScans(send);
const onReady = () => (words.textContent = t("camera_ready"));
startCamera(byId("camera"), { facing: "user", onCode: send, onReady, onProblem });
