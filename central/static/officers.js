"use strict";
// Keeps the board fresh, the clock running and the counter remembered. Everything else is plain forms.
const board = document.getElementById("board");
const link = document.getElementById("link");
const message = document.getElementById("message");
const counter = document.getElementById("counter"); // null for who may not call
const told = document.getElementById("bar").dataset;
const ahead = Number(told.now) * 1000 - Date.now(); // the server's clock against this one, ms

if (counter) {
  counter.value = localStorage.getItem("counter") || "";
  counter.addEventListener("input", () => { localStorage.setItem("counter", counter.value); prepare(); });
}

function prepare() {
  for (const field of board.querySelectorAll(".counter")) field.value = counter?.value ?? "";
}

let asking = false;
let askAgain = false;
async function refresh() {
  if (asking) { askAgain = true; return; }
  asking = true;
  try {
    const answer = await fetch("/officers/board");
    if (answer.redirected) { location.assign(answer.url); return; }
    if (answer.ok) show(await answer.text());
  } catch { online(false); }
  asking = false;
  if (askAgain) { askAgain = false; refresh(); }
}

function show(html) {
  const open = [...board.querySelectorAll("details[open]")].map(each => each.id);
  const focused = document.activeElement?.id;
  board.innerHTML = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
  prepare();
}

document.addEventListener("submit", async event => {
  const form = event.target;
  if (form.action.endsWith("/logout")) return;
  event.preventDefault();
  let said = "";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) said = (await answer.json()).detail;
  } catch { said = told.unreachable; }
  message.textContent = said;
  if (said && counter && !counter.value) counter.focus();
  refresh();
});

function online(yes) {
  link.textContent = yes ? told.live : told.cut;
  link.classList.toggle("off", !yes);
}
const events = new EventSource("/officers/events");
events.addEventListener("changed", refresh);
events.onopen = () => online(true);
events.onerror = () => online(false);
setInterval(refresh, 30000); // a kiosk that falls silent changes nothing on the server

const time = new Intl.DateTimeFormat(told.language, { timeZone: told.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(told.language, { timeZone: told.zone, weekday: "long", day: "numeric", month: "long", year: "numeric" });
function tick() {
  const now = new Date(Date.now() + ahead);
  document.getElementById("clock").textContent = time.format(now);
  document.getElementById("date").textContent = day.format(now);
}
tick();
setInterval(tick, 1000);
prepare();
