// A redacted film: who looks at it stands over the picture; it goes when the look is over. While it is made: how far.
import { drawLooker, dropPicture } from "../playback/looker.js";

const ASK_MS = 1000;

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
