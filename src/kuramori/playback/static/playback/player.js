// The viewing desk: one camera or several in step; the timeline, the keys and the typed time say which moment.
import { Desk } from "./desk.js";
import { drawLooker, toggleFullScreen } from "./looker.js";
import { Screen } from "./screen.js";
import { tools } from "./tools.js";
import { Zoom } from "./zoom.js";

const STEP_MS = 5000;

const area = document.querySelector("[data-screens]");
const frames = [...area.querySelectorAll("[data-playlist]")];
const timeline = document.querySelector("kura-timeline");
const shown = document.querySelector("[data-shown-time]");
const screens = frames.map((frame) => new Screen(frame, frames.length));
const zooms = frames.map((frame) => new Zoom(frame));
const player = new Desk(screens, timeline);
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: frames[0].dataset.timezone, dateStyle: "medium", timeStyle: "medium",
});
let chosen = 0;

function choose(index) {
  chosen = index;
  for (const [at, frame] of frames.entries()) frame.classList.toggle("chosen", frames.length > 1 && at === index);
  document.querySelector("[data-zoomed]").textContent = `×${Number(zooms[chosen].factor.toFixed(1))}`;
}

function showTime(now) {
  if (now === undefined) return;
  timeline.cursor = now;
  shown.textContent = `${clock.format(now)}.${String(Math.floor(now % 1000)).padStart(3, "0")}`;
}

function speed(factor) {
  player.speed(factor);
  for (const button of document.querySelectorAll("[data-speed]")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === factor));
  }
}

async function jump(event) {
  event.preventDefault();
  const wrong = document.querySelector("[data-jump-wrong]");
  const field = event.target.elements.say;
  const near = Math.round(player.now() ?? Number(timeline.getAttribute("from")));
  const asked = new URLSearchParams({ say: field.value, near });
  const answer = await fetch(`${area.dataset.time}?${asked}`, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const { ms, wrong: why } = await answer.json();
  const [from, until] = ["from", "until"].map((name) => Number(timeline.getAttribute(name)));
  wrong.textContent = why ?? (ms < from - 1000 || ms > until ? area.dataset.wordOutside : "");
  if (wrong.textContent) return;
  player.seek(ms);
  field.blur();
}

timeline.addEventListener("pick", (event) => player.seek(event.detail));
player.onTime = showTime;
if (!player.together) player.video.addEventListener("timeupdate", () => showTime(player.now()));
for (const [index, frame] of frames.entries()) {
  frame.addEventListener("focus", () => choose(index));
  frame.addEventListener("zoomed", () => choose(index));
  frame.querySelector("video").addEventListener("click", () => {
    if (zooms[index].dragged) zooms[index].dragged = false;
    else if (chosen === index) player.toggle();
    choose(index);
  });
  frame.querySelector("[data-full]").addEventListener("click", () => toggleFullScreen(frame));
}
for (const button of document.querySelectorAll("[data-speed]")) {
  button.addEventListener("click", () => speed(Number(button.dataset.speed)));
}
for (const button of document.querySelectorAll("[data-step]")) {
  button.addEventListener("click", () => player.step(button.dataset.step === "1", screens[chosen]));
}
for (const button of document.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => zooms[chosen].by(Number(button.dataset.zoom)));
}
document.querySelector("[data-toggle]").addEventListener("click", () => player.toggle());
document.querySelector("[data-jump]").addEventListener("submit", jump);

const more = tools({ player, timeline, frames, zooms, chosen: () => chosen });
const SPEEDS = { 1: 1, 2: 2, 4: 4, 8: 8, 6: 16, q: 0.25, h: 0.5 };
const KEYS = {
  " ": () => player.toggle(),
  ArrowLeft: (far) => player.seek(player.now() - STEP_MS * (far ? 12 : 1)),
  ArrowRight: (far) => player.seek(player.now() + STEP_MS * (far ? 12 : 1)),
  ",": () => player.step(false, screens[chosen]),
  ".": () => player.step(true, screens[chosen]),
  "+": () => timeline.zoom(0.5),
  "-": () => timeline.zoom(2),
  z: () => zooms[chosen].by(2),
  x: () => zooms[chosen].by(0.5),
  w: () => zooms[chosen].move(0, -1),
  a: () => zooms[chosen].move(-1, 0),
  s: () => zooms[chosen].move(0, 1),
  d: () => zooms[chosen].move(1, 0),
  g: () => document.querySelector("#say").focus(),
  c: () => frames[(chosen + 1) % frames.length].focus(),
  f: () => toggleFullScreen(frames[chosen]),
  ...more,
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, select, textarea, button, a, summary")) return;
  const key = event.key === ";" ? "+" : event.key;
  const act = SPEEDS[key] ? () => speed(SPEEDS[key]) : KEYS[key];
  if (!act || player.dropped) return;
  event.preventDefault();
  act(event.shiftKey);
});

for (const screen of screens) {
  drawLooker(screen.frame);
  screen.keepAsking();
}
choose(0);
speed(1);
addEventListener("pagehide", () => player.drop(""));
window.kuramoriPlayer = player; // the jump bench and the browser tests drive it
