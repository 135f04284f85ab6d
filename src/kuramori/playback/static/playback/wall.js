// The live wall: one answer with the pictures of several cameras, cut into messages, each for its tile.
import { LivePicture } from "./live_picture.js";
import { markConverted, playsH265 } from "./formats.js";
import { drawLooker, toggleFullScreen } from "./looker.js";

const RETRY_MS = 1000;
const HEAD_BYTES = 5;
const LETTER_V = 0x76; // "video/mp4 …": the words before a new stream; a fragment begins with its length
const BUSY = 0x21; // "!": all places for converting are taken

const wall = document.querySelector("[data-wall]");
const frames = [...wall.querySelectorAll(".screen")];
const tiles = new Map(frames.filter((one) => one.dataset.index).map((one) => [Number(one.dataset.index), new LivePicture(one)]));
const leaving = new AbortController();
const over = new Set();
const converted = new Set();
const address = wall.dataset.wall + (playsH265() ? "" : "&h264");

function take(index, content) {
  const tile = tiles.get(index);
  if (!tile) return;
  if (!content.length) {
    over.add(index);
    tile.drop(wall.dataset.wordOver);
  } else if (content[0] === LETTER_V) {
    const end = content.indexOf(0);
    const [type, changed] = new TextDecoder().decode(content.subarray(0, end)).split("\n");
    if (changed) converted.add(index);
    else converted.delete(index);
    markConverted(converted.size > 0);
    tile.begin(type, wall.dataset.wordOther);
    tile.add(content.slice(end + 1));
  } else if (content.length === 1 && content[0] === BUSY) tile.drop(wall.dataset.wordBusy);
  else tile.add(content);
}

/** Cut what arrives in any pieces into messages. */
function cutter() {
  let held = new Uint8Array(0);
  return (bytes) => {
    const joined = new Uint8Array(held.length + bytes.length);
    joined.set(held);
    joined.set(bytes, held.length);
    const view = new DataView(joined.buffer);
    let at = 0;
    while (joined.length - at >= HEAD_BYTES) {
      const end = at + HEAD_BYTES + view.getUint32(at + 1);
      if (joined.length < end) break;
      take(joined[at], joined.slice(at + HEAD_BYTES, end));
      at = end;
    }
    held = joined.slice(at);
  };
}

async function look() {
  while (over.size < tiles.size) {
    try {
      const answer = await fetch(address, { signal: leaving.signal, cache: "no-store" });
      if (!answer.ok && answer.status < 500) break;
      const cut = cutter();
      const reader = answer.body.getReader();
      for (let read = await reader.read(); !read.done; read = await reader.read()) cut(read.value);
    } catch {
      if (leaving.signal.aborted) return;
    }
    for (const [index, tile] of tiles) if (!over.has(index)) tile.drop(wall.dataset.wordWaiting);
    await new Promise((done) => setTimeout(done, RETRY_MS));
  }
  for (const tile of tiles.values()) tile.drop(wall.dataset.wordOver);
}

const nameOf = (frame) => frame.querySelector(".tile-name");

function enlarge(frame) {
  const large = !frame.classList.contains("large");
  wall.classList.toggle("one-large", large);
  for (const one of frames) {
    one.classList.toggle("large", large && one === frame);
    nameOf(one).setAttribute("aria-pressed", String(large && one === frame));
  }
}

const across = () => getComputedStyle(wall).gridTemplateColumns.split(" ").length;
const move = (by) => {
  const at = frames.indexOf(document.activeElement.closest(".screen"));
  const to = at < 0 ? 0 : Math.max(0, Math.min(frames.length - 1, at + by));
  if (frames[to]) nameOf(frames[to]).focus();
};
const press = (what) => document.querySelector(what)?.click();
const KEYS = {
  1: () => press("[name=size][value='1']"),
  4: () => press("[name=size][value='4']"),
  9: () => press("[name=size][value='9']"),
  6: () => press("[name=size][value='16']"),
  n: () => press("[data-after]"),
  p: () => press("[data-before]"),
  f: () => toggleFullScreen(wall),
  ArrowLeft: () => move(-1),
  ArrowRight: () => move(1),
  ArrowUp: () => move(-across()),
  ArrowDown: () => move(across()),
  Escape: () => {
    const large = wall.querySelector(".large");
    if (large) enlarge(large);
    else if (!document.fullscreenElement) location.assign(wall.dataset.away);
  },
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, summary, .top")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
addEventListener("pagehide", () => leaving.abort());
document.querySelector("[data-wall-full]").addEventListener("click", () => toggleFullScreen(wall));
for (const frame of frames) {
  nameOf(frame).addEventListener("click", () => enlarge(frame));
  frame.addEventListener("dblclick", (event) => event.target.closest(".tile-name") || enlarge(frame));
  frame.addEventListener("contextmenu", (event) => event.preventDefault());
  drawLooker(frame);
}
if (tiles.size) look();
