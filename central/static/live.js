"use strict";
// Fetches the board anew whenever the server says that something was recorded; a counter being typed is left alone.
const board = document.getElementById("live");
const link = document.getElementById("link");
async function refresh() {
  if (document.activeElement && document.activeElement.tagName === "INPUT") return;
  const answer = await fetch("/officers/live");
  if (answer.redirected) location.reload();
  else if (answer.ok) board.innerHTML = await answer.text();
}
const events = new EventSource("/officers/events");
events.addEventListener("changed", refresh);
events.onopen = () => { link.textContent = "langsung"; };
events.onerror = () => { link.textContent = "terputus"; };
setInterval(refresh, 30000);
