"use strict";
// The counter's keys, its clock, and a look whether somebody else has changed what is served. The rest is plain forms.

function press(event) {
  const at = document.activeElement;
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.key === "Escape") { leave(at); return; }
  if (at.matches("input:not([type=radio]), textarea, select")) return;
  const isMain = (event.key === "Enter" || event.key === " ") && at === document.body;
  const wanted = isMain ? "[data-main]" : `[data-key="${CSS.escape(event.key.toLowerCase())}"]`;
  const button = document.querySelector(`#desk ${wanted}`);
  if (!button) return;
  event.preventDefault();
  if (button.matches("summary")) open(button.parentElement); else button.click();
}

function open(panel) {
  for (const each of document.querySelectorAll(".serving details[open]")) each.open = false;
  panel.open = true;
  panel.querySelector("input:not([type=hidden]), select").focus();
}

function leave(field) {
  for (const each of document.querySelectorAll(".serving details[open]")) each.open = false;
  field.blur();
}

function tick() {
  for (const each of document.querySelectorAll(".elapsed")) {
    each.dataset.ahead ??= Number(each.dataset.now) * 1000 - Date.now();
    const seconds = Math.max(0, Math.floor((Date.now() + Number(each.dataset.ahead)) / 1000 - Number(each.dataset.since)));
    each.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

document.addEventListener("keydown", press);
document.addEventListener("keydown", event => {
  // Enter on a result saves it.
  if (event.key === "Enter" && event.target.matches(".serving input[type=radio], .serving select")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
document.addEventListener("htmx:afterSwap", event => {
  // While something is being done here, its own answer shows the page anew.
  if (event.target.id !== "line" || document.querySelector("#desk form.htmx-request")) return;
  const served = document.getElementById("desk").dataset.call;
  if (event.target.querySelector("[data-call]").dataset.call !== served) location.assign("/officers/counter");
});
tick();
setInterval(tick, 1000);
