"use strict";
// The display of the lobby: plays calls one after another, shows the time, and says when it has lost the server.
// What is on it comes from htmx; nothing here grows with the day.
const LONGEST_CALL = 30000; // ms; a sound that has not ended by then is given up
const MOST_WAITING = 8; // calls that wait to be spoken; the oldest give way
const LOST_AFTER = 25000; // ms without news, though it is asked for every 10 s

const display = document.getElementById("display");
const voice = document.getElementById("voice");
const soundButton = document.getElementById("sound");
const clock = document.getElementById("clock");
const folder = location.pathname.replace(/\/$/, "");
const time = new Intl.DateTimeFormat(clock.dataset.language, {
  timeZone: clock.dataset.zone, hour: "2-digit", minute: "2-digit", second: "2-digit",
});

let known = null; // the sounds of the calls on the screen; none before the first look
let waiting = [];
let speaking = false;
let newsAt = 0; // ms, by this machine's clock
let ahead = 0; // the server's clock against this one, ms
let cut = false;

function look() {
  const calls = [...display.querySelectorAll("[data-sound]")].reverse();
  const fresh = calls.filter(each => "fresh" in each.dataset && known && !known.has(each.dataset.sound));
  known = new Set(calls.map(each => each.dataset.sound));
  waiting = [...waiting, ...fresh.map(each => each.dataset.sound)].slice(-MOST_WAITING);
  if (fresh.length) display.querySelector(".latest")?.classList.add("spoken");
  newsAt = Date.now();
  ahead = Number(display.querySelector("[data-now]").dataset.now) * 1000 - newsAt;
  speak();
}

async function speak() {
  if (speaking) return;
  speaking = true;
  while (waiting.length) await played(`${folder}/calls/${waiting.shift()}`);
  speaking = false;
}

function played(address) {
  return new Promise(done => {
    const given = setTimeout(done, LONGEST_CALL);
    const over = () => { clearTimeout(given); done(); };
    voice.onended = voice.onerror = over;
    voice.src = address;
    voice.play().then(() => { soundButton.hidden = true; }, error => {
      // Browsers play nothing before somebody has touched the page, unless they are started for it.
      if (error.name === "NotAllowedError") soundButton.hidden = false;
      over();
    });
  });
}

soundButton.addEventListener("click", () => { waiting.push("chime.wav"); speak(); });

function tick() {
  clock.textContent = time.format(Date.now() + ahead);
  document.getElementById("news").textContent = time.format(newsAt + ahead);
  document.getElementById("lost").hidden = !cut && Date.now() - newsAt < LOST_AFTER;
}

display.addEventListener("htmx:afterSwap", () => { cut = false; look(); tick(); });
for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:sseError"])
  display.addEventListener(failure, () => { cut = true; tick(); });

const colour = document.querySelector("header").dataset.colour;
if (colour) document.body.style.setProperty("--office", `#${colour}`);
navigator.wakeLock?.request("screen").catch(() => {});
look();
tick();
setInterval(tick, 1000);
waiting.push("chime.wav");
speak();
