// The one camera of a package's part, seen before it is packed: play, pause, two speeds, the timeline.
import { Desk } from "../playback/desk.js";
import { drawLooker, toggleFullScreen } from "../playback/looker.js";
import { Screen } from "../playback/screen.js";

const SPEEDS = [...document.querySelectorAll("[data-speed]")];
const frame = document.querySelector("[data-playlist]");
const timeline = document.querySelector("kura-timeline");
const shown = document.querySelector("[data-shown-time]");
const screen = new Screen(frame);
const desk = new Desk([screen], timeline);
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: frame.dataset.timezone, dateStyle: "medium", timeStyle: "medium",
});

function showTime() {
  const now = desk.now();
  if (now === undefined) return;
  timeline.cursor = now;
  shown.textContent = `${clock.format(now)}.${String(Math.floor(now % 1000)).padStart(3, "0")}`;
}

function speed(factor) {
  desk.speed(factor);
  for (const button of SPEEDS) button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === factor));
}

const KEYS = {
  " ": () => desk.toggle(),
  ",": () => desk.step(false),
  ".": () => desk.step(true),
  f: () => toggleFullScreen(frame),
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, button, a, summary")) return;
  if (!KEYS[event.key] || screen.dropped) return;
  event.preventDefault();
  KEYS[event.key]();
});

desk.onTime = showTime; // after a step; while it plays, the picture itself tells
screen.video.addEventListener("timeupdate", showTime);
screen.video.addEventListener("click", () => desk.toggle());
timeline.addEventListener("pick", (event) => desk.seek(event.detail));
frame.querySelector("[data-full]").addEventListener("click", () => toggleFullScreen(frame));
document.querySelector("[data-toggle]").addEventListener("click", () => desk.toggle());
for (const button of document.querySelectorAll("[data-step]")) {
  button.addEventListener("click", () => desk.step(button.dataset.step === "1"));
}
for (const button of SPEEDS) button.addEventListener("click", () => speed(Number(button.dataset.speed)));
addEventListener("pagehide", () => desk.drop(""));

drawLooker(frame);
screen.keepAsking();
speed(1);
export { desk };
