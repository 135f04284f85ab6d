// Covers a page that nobody touches. The recorder keeps the time: this script reports touches and asks.
const page = document.querySelector("[data-idle-left]");
const warning = document.querySelector(".idle-warning");
const REPORT_EVERY_MS = 15 * 1000;
const WARN_MS = 60 * 1000;
const RETRY_MS = 5 * 1000;
const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "scroll", "input"];
let reportedAt = 0;
let touched = false;
let timers = [];

const later = (what, ms) => timers.push(setTimeout(what, Math.max(0, ms)));

function plan(leftMs) {
  timers.forEach(clearTimeout);
  timers = [];
  warning.hidden = true;
  document.documentElement.classList.remove("idle-covered");
  later(() => { warning.hidden = false; }, leftMs - WARN_MS);
  later(ask, leftMs + 200);
}

function cover() {
  document.documentElement.classList.add("idle-covered");
  const here = location.pathname + location.search;
  location.replace(`${page.dataset.idleLocked}?${new URLSearchParams({ next: here })}`);
}

async function speak(method) {
  const headers = { Accept: "application/json" };
  if (method === "POST") headers["X-CSRFToken"] = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(page.dataset.idleState, { method, headers });
  if (!answer.ok || answer.redirected) return 0; // signed out meanwhile: the page behind is no longer ours to show
  return (await answer.json()).left_s;
}

async function ask() {
  if (touched) return report();
  try {
    const left = await speak("GET");
    if (left > 0) plan(left * 1000); // touched in another tab
    else cover();
  } catch { // the recorder does not answer: covered until it does
    document.documentElement.classList.add("idle-covered");
    later(ask, RETRY_MS);
  }
}

async function report() {
  touched = false;
  reportedAt = Date.now();
  try {
    const left = await speak("POST");
    if (left > 0) plan(left * 1000);
    else cover();
  } catch {
    touched = true; // said again with the next touch
  }
}

function onTouch() {
  touched = true;
  if (!warning.hidden || Date.now() - reportedAt >= REPORT_EVERY_MS) report();
}

if (page && !document.querySelector("[data-is-locked]")) {
  for (const name of TOUCHES) addEventListener(name, onTouch, { passive: true, capture: true });
  addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  reportedAt = Date.now();
  plan(Number(page.dataset.idleLeft) * 1000);
}
