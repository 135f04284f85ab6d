// Playback of a granted interval: hls.js fetches the pieces, the timeline says which moment.
import Hls from "../vendor/hls.light.min.mjs";
import { drawLooker, dropPicture, toggleFullScreen } from "./looker.js";

const ASK_MS = 1000; // how often the server is asked whether the look is still allowed
const STEP_S = 5;

class Player {
  constructor(screen, timeline) {
    this.screen = screen;
    this.timeline = timeline;
    this.video = screen.querySelector("video");
    this.pieces = [];
    this.hls = new Hls({
      enableWorker: false, startPosition: 0, startFragPrefetch: true, maxBufferLength: 20, maxMaxBufferLength: 30,
      backBufferLength: 10, maxBufferHole: 0.5, progressive: false,
    });
    this.hls.on(Hls.Events.LEVEL_LOADED, (_, { details }) => this.learn(details));
    this.hls.on(Hls.Events.ERROR, (_, error) => this.failed(error));
    this.hls.loadSource(screen.dataset.playlist);
    this.hls.attachMedia(this.video);
  }

  learn(details) {
    this.pieces = details.fragments;
    if (!this.pieces.length) this.drop(this.screen.dataset.wordEmpty);
    else this.seek(this.wanted ?? Math.max(this.pieces[0].programDateTime, Number(this.timeline.getAttribute("from"))));
  }

  failed(error) {
    const status = error.response?.code ?? 0;
    if (status >= 400 && status < 500) this.drop(this.screen.dataset.wordOver);
    else if (error.fatal && error.type === Hls.ErrorTypes.MEDIA_ERROR) this.hls.recoverMediaError();
  }

  /** Go to a wall time (ms); inside a gap, to the first picture after it. */
  seek(wallMs) {
    this.wanted = wallMs;
    if (!this.pieces.length) return;
    const piece = this.pieces.find((one) => wallMs < one.programDateTime + one.duration * 1000) ?? this.pieces.at(-1);
    const inside = Math.max(0, Math.min((wallMs - piece.programDateTime) / 1000, piece.duration - 0.05));
    this.video.currentTime = piece.start + inside;
    this.wanted = undefined;
    this.play();
  }

  /** The wall time (ms) of the picture shown; undefined before the first. */
  now() {
    const at = this.video.currentTime;
    const piece = this.pieces.find((one) => at < one.start + one.duration) ?? this.pieces.at(-1);
    return piece && piece.programDateTime + (at - piece.start) * 1000;
  }

  play() {
    this.video.play().catch(() => {});
  }

  toggle() {
    if (this.video.paused) this.play();
    else this.video.pause();
  }

  speed(factor) {
    this.video.playbackRate = factor;
    for (const button of document.querySelectorAll("[data-speed]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === factor));
    }
  }

  /** The look is over: no buffer stays. */
  drop(word) {
    if (this.dropped) return;
    this.dropped = true;
    this.hls.destroy();
    this.pieces = [];
    dropPicture(this.screen, word);
  }
}

const screen = document.querySelector("[data-playlist]");
const timeline = document.querySelector("kura-timeline");
const shown = document.querySelector("[data-shown-time]");
const player = new Player(screen, timeline);
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: screen.dataset.timezone, dateStyle: "medium", timeStyle: "medium",
});

timeline.addEventListener("pick", (event) => player.seek(event.detail));
player.video.addEventListener("timeupdate", () => {
  const now = player.now();
  if (now === undefined) return;
  timeline.cursor = now;
  shown.textContent = clock.format(now);
});
player.video.addEventListener("click", () => player.toggle());
for (const button of document.querySelectorAll("[data-speed]")) {
  button.addEventListener("click", () => player.speed(Number(button.dataset.speed)));
}
document.querySelector("[data-toggle]").addEventListener("click", () => player.toggle());
document.querySelector("[data-full]").addEventListener("click", () => toggleFullScreen(screen));

const KEYS = {
  " ": () => player.toggle(),
  ArrowLeft: (far) => player.seek(player.now() - STEP_S * (far ? 12 : 1) * 1000),
  ArrowRight: (far) => player.seek(player.now() + STEP_S * (far ? 12 : 1) * 1000),
  1: () => player.speed(1),
  4: () => player.speed(4),
  "+": () => timeline.zoom(0.5),
  "-": () => timeline.zoom(2),
  f: () => toggleFullScreen(screen),
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, select, textarea, button, a")) return;
  const act = KEYS[event.key === ";" ? "+" : event.key];
  if (!act || player.dropped) return;
  event.preventDefault();
  act(event.shiftKey);
});

async function ask() {
  if (player.dropped) return;
  try {
    const answer = await fetch(screen.dataset.status, { cache: "no-store" });
    const { open } = answer.ok ? await answer.json() : { open: answer.status >= 500 };
    if (!open) player.drop(screen.dataset.wordOver);
  } catch {
    player.drop(screen.dataset.wordOver); // nobody can say that the look is still allowed
  }
  setTimeout(ask, ASK_MS);
}

drawLooker(screen);
player.speed(1);
ask();
addEventListener("pagehide", () => player.drop(""));
window.kuramoriPlayer = player; // the jump bench and the browser tests drive it
