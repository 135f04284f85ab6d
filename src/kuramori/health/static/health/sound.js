// Sound for alarms. A browser makes none before a person has pressed a button, so the button comes first.
// While sound is on, each question to the machine says so, and the machine counts this screen as heard.

const box = document.getElementById("sound");
const lights = document.getElementById("lights");
const stale = document.querySelector(".stale");
const [allow, test] = box.querySelectorAll("button");
const SILENT_MS = 20_000;
const AGAIN_MS = 10_000;
let context = null;
let answeredMs = Date.now();

function beep() {
  if (!context) return;
  for (const [start, pitch] of [[0, 880], [0.25, 660], [0.5, 880]]) {
    const tone = context.createOscillator();
    const loud = context.createGain();
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0.25, context.currentTime + start);
    loud.gain.exponentialRampToValueAtTime(0.001, context.currentTime + start + 0.22);
    tone.connect(loud).connect(context.destination);
    tone.start(context.currentTime + start);
    tone.stop(context.currentTime + start + 0.23);
  }
  document.body.dataset.beeps = String(Number(document.body.dataset.beeps || 0) + 1);
}

async function on() {
  context ??= new AudioContext();
  await context.resume();
  allow.setAttribute("aria-pressed", "true");
  allow.textContent = allow.dataset.on;
}

function look() {
  stale.hidden = Date.now() - answeredMs < SILENT_MS;
  if (!stale.hidden || lights.querySelector("[data-sounds]")) beep();
}

allow.addEventListener("click", on);
test.addEventListener("click", () => on().then(beep));
document.body.addEventListener("htmx:configRequest", (event) => {
  if (context?.state === "running") event.detail.parameters.sound = "1";
});
document.body.addEventListener("htmx:afterSwap", () => {
  answeredMs = Date.now();
  stale.hidden = true;
});
setInterval(look, AGAIN_MS);
box.hidden = false;
