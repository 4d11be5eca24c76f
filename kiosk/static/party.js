/** The last step of a walk-in: one tap, one number. */
import { begin, takeNumber } from "./check_in.js";

const form = document.getElementById("scan");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  takeNumber(form);
});
begin({ scans: false });
