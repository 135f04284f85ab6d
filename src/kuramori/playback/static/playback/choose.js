// The request form: timeline and calendar follow the chosen camera; a picked, typed or chosen moment fills in the
// start.
import "./timeline.js";

const NOBODY = "0".repeat(32); // stands for the camera in addresses
const timeline = document.querySelector("#choose");
const camera = document.querySelector("[name=camera]");
const start = document.querySelector("[name=start]");
const days = document.querySelector("[data-calendar-of]");
const place = days.querySelector("[data-calendar-place]");
const say = document.querySelector("[data-say]");
const wrong = document.querySelector("[data-jump-wrong]");
const local = new Intl.DateTimeFormat("sv", {
  timeZone: timeline.getAttribute("timezone"), dateStyle: "short", timeStyle: "medium",
});

const fill = (ms) => { start.value = local.format(ms).replace(" ", "T"); };

async function showDays(address) {
  const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
  if (answer?.ok) place.innerHTML = await answer.text();
}

function follow() {
  timeline.setAttribute("src", timeline.dataset.coverage.replace(NOBODY, camera.value));
  if (days.open) showDays(days.dataset.calendarOf.replace(NOBODY, camera.value));
}

async function go() {
  const near = Math.round(timeline.cursor);
  const asked = new URLSearchParams({ say: say.value, near });
  const answer = await fetch(`${say.dataset.say}?${asked}`, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const { ms, wrong: why } = await answer.json();
  wrong.textContent = why ?? "";
  if (why) return;
  const width = timeline.until - timeline.from;
  timeline.view(ms - width / 2);
  timeline.cursor = ms;
  fill(ms);
}

timeline.addEventListener("pick", (event) => fill(event.detail));
camera.addEventListener("change", follow);
days.addEventListener("toggle", () => { if (days.open && camera.value) follow(); });
place.addEventListener("click", (event) => {
  const other = event.target.closest("[data-month]");
  if (other) showDays(other.dataset.month);
  const day = event.target.closest("[data-from]");
  if (!day) return;
  const [from, until] = [Number(day.dataset.from), Number(day.dataset.until)];
  timeline.view(from, until - from);
  timeline.draw();
  timeline.focus();
});
document.querySelector("[data-say-go]").addEventListener("click", go);
say.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault(); // the form is not sent yet
  go();
});
if (camera.value) follow();
