"use strict";
// Draws each chart from the table beside it, keeps what is open open, and tells of new alarms.
const live = document.getElementById("live");
const news = document.getElementById("news");
const sound = document.getElementById("sound");
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
let charts = [];
let open = [];

// Two swaps may both be done before either settles, so what was drawn in between goes first.
function wipe() {
  charts.forEach(chart => chart.destroy());
  charts = [];
}

function draw(animated) {
  wipe();
  charts = [...document.querySelectorAll("figure.chart")].filter(figure => figure.querySelector("tbody tr")).map(figure => {
    figure.classList.add("drawn");
    const rows = [...figure.querySelectorAll("tbody tr")];
    const heads = [...figure.querySelectorAll("thead th[data-colour]")];
    return new Chart(figure.querySelector("canvas"), {
      type: figure.dataset.kind,
      data: { labels: rows.map(row => row.cells[0].textContent), datasets: heads.map(head => series(head, rows)) },
      options: {
        animation: animated && !still,
        maintainAspectRatio: false,
        spanGaps: true,
        scales: { x: { grid: { display: false }, ticks: { color: colour("soft") } }, y: { beginAtZero: true, grid: { color: colour("line") }, ticks: { color: colour("soft"), precision: 0 } } },
        plugins: { legend: { labels: { color: colour("ink"), boxWidth: 12 } } },
      },
    });
  });
}

function series(head, rows) {
  const data = rows.map(row => number(row.cells[head.cellIndex]));
  const paint = colour(head.dataset.colour);
  return { label: head.textContent, data, backgroundColor: paint, borderColor: paint, borderWidth: 2, maxBarThickness: 40 };
}

function number(cell) {
  const text = cell.dataset.value ?? cell.textContent;
  return text === "" ? null : Number(text);
}

function alarms() {
  return new Map([...document.querySelectorAll(".alarms li:not(.seen)")].map(each => [each.id, each.querySelector(".what").textContent]));
}

let known = alarms();
function tell() {
  const now = alarms();
  const fresh = [...now].filter(([id]) => !known.has(id)).map(([, what]) => what);
  known = now;
  if (!fresh.length) return;
  news.textContent = `${news.dataset.words} ${fresh.join("; ")}`;
  if (sound.getAttribute("aria-pressed") === "true") ring();
}

function ring() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.frequency.value = 660;
  loudness.gain.setValueAtTime(0.2, context.currentTime);
  loudness.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.8);
  tone.connect(loudness).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.8);
  tone.onended = () => context.close();
}

sound.hidden = false;
sound.addEventListener("click", () => {
  const on = sound.getAttribute("aria-pressed") !== "true";
  sound.setAttribute("aria-pressed", String(on));
  if (on) ring();
});
live.addEventListener("htmx:beforeSwap", () => {
  open = [...live.querySelectorAll("details[open]")].map(each => each.id);
  wipe();
});
live.addEventListener("htmx:afterSettle", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  draw(false);
  tell();
});
draw(true);
