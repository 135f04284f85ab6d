// Live view: the recorder's fragments, one picture each, from one streamed answer into Media Source Extensions.
import { markConverted, playsH265 } from "./formats.js";
import { drawLooker, dropPicture, toggleFullScreen } from "./looker.js";

const BEHIND_S = 0.6; // further behind than this: jump to the edge
const KEPT_S = 10; // pictures older than this leave the buffer
const RETRY_MS = 1000;
const BUSY_MS = 5000;

const screen = document.querySelector("[data-live]");
const video = screen.querySelector("video");
const leaving = new AbortController();
const address = screen.dataset.live + (playsH265() ? "" : "?h264");

const once = (target, name) => new Promise((done) => target.addEventListener(name, done, { once: true }));

function keepToTheEdge() {
  const { buffered } = video;
  if (!buffered.length) return;
  const edge = buffered.end(buffered.length - 1);
  const behind = edge - video.currentTime;
  if (behind > BEHIND_S || video.currentTime < buffered.start(buffered.length - 1)) video.currentTime = edge - 0.02;
  else video.playbackRate = behind > 0.25 ? 1.1 : 1;
  if (video.paused) video.play().catch(() => {});
}

async function settle(buffer, act) {
  const settled = once(buffer, "updateend");
  act();
  await settled;
}

async function show(answer) {
  const Source = window.ManagedMediaSource ?? window.MediaSource;
  const source = new Source();
  const held = URL.createObjectURL(source);
  video.disableRemotePlayback = true;
  video.src = held;
  await once(source, "sourceopen");
  URL.revokeObjectURL(held);
  const buffer = source.addSourceBuffer(answer.headers.get("Content-Type"));
  markConverted(answer.headers.has("Kuramori-Converted"));
  screen.classList.remove("dark");
  screen.querySelector(".said").hidden = true;
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    await settle(buffer, () => buffer.appendBuffer(value));
    keepToTheEdge();
    const { buffered } = video;
    if (buffered.length && buffered.start(0) < video.currentTime - 2 * KEPT_S) {
      await settle(buffer, () => buffer.remove(0, video.currentTime - KEPT_S));
    }
  }
}

async function look() {
  for (;;) {
    let answer = null;
    try {
      answer = await fetch(address, { signal: leaving.signal, cache: "no-store" });
      if (answer.ok) await show(answer);
    } catch (cut) {
      if (leaving.signal.aborted) return;
    }
    const over = answer && !answer.ok && answer.status < 500;
    const why = answer?.status === 503 ? await answer.text().catch(() => "") : "";
    const { wordOver, wordBusy, wordHours, wordWaiting } = screen.dataset;
    const words = { "conversion-busy": wordBusy, schedule: wordHours };
    dropPicture(screen, over ? wordOver : words[why] ?? wordWaiting);
    markConverted(false);
    if (over) return;
    await new Promise((done) => setTimeout(done, why in words ? BUSY_MS : RETRY_MS));
  }
}

addEventListener("pagehide", () => leaving.abort());
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "f") toggleFullScreen(screen);
  if (event.key === "Escape" && !document.fullscreenElement) location.assign(screen.dataset.away);
});
screen.querySelector("[data-full]")?.addEventListener("click", () => toggleFullScreen(screen));
drawLooker(screen);
look();
