// A redacted film: who looks at it stands over the picture; it goes when the look is over. While it is made: how far.
import { drawLooker, dropPicture } from "../playback/looker.js";

const ASK_MS = 1000;
const STEP_S = 1 / 30; // no picture is skipped where a camera makes 30 a second or fewer

async function keepAsking(frame) {
  const answer = await fetch(frame.dataset.status, { cache: "no-store" }).catch(() => null);
  const { open } = answer?.ok ? await answer.json() : { open: (answer?.status ?? 0) >= 500 };
  if (open) setTimeout(() => keepAsking(frame), ASK_MS);
  else dropPicture(frame, frame.dataset.wordOver);
}

for (const frame of document.querySelectorAll("[data-film]")) {
  drawLooker(frame);
  keepAsking(frame);
  frame.addEventListener("contextmenu", (event) => event.preventDefault());
  const video = frame.querySelector("video");
  for (const button of frame.nextElementSibling.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => {
      video.pause();
      video.currentTime += Number(button.dataset.step) * STEP_S;
    });
  }
}

async function wait(section) {
  const answer = await fetch(section.dataset.progress, { cache: "no-store" }).catch(() => null);
  const said = answer?.ok ? await answer.json() : { under_way: true, percent: 0 };
  section.querySelector("progress").value = said.percent;
  if (said.under_way) setTimeout(() => wait(section), ASK_MS);
  else location.reload();
}

const waiting = document.querySelector("[data-progress]");
if (waiting) wait(waiting);
