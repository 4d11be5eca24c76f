/** The choice of services: says beside the list that something must be chosen, before anything is sent. */
import { t } from "/static/js/texts.js";
import { begin } from "./check_in.js";

const form = document.getElementById("services");

form.addEventListener("submit", (event) => {
  if (form.querySelector("input:checked")) return;
  event.preventDefault();
  document.getElementById("wrong-words").textContent = t("choose_service");
  const wrong = document.getElementById("wrong");
  wrong.hidden = false;
  wrong.scrollIntoView({ block: "center" });
});
begin();
