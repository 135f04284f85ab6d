// One camera's granted interval: hls.js fetches its pieces, wall time is mapped to the time of the player.
import Hls from "../vendor/hls.light.min.mjs";
import { markConverted, playsH265 } from "./formats.js";
import { dropPicture } from "./looker.js";

const ASK_MS = 1000; // how often the server is asked whether the look is still allowed
const NEIGHBOURS = 15; // pieces to each side among which the least delay of arrival is looked for
const FAR_S = 0.5; // further from the common time than this: jump, do not chase
const PATIENCE_MS = 4000; // a camera without a picture holds the others up for so long
const LATE_S = 0.06; // behind the common time by more: the others wait
const NEAR_S = 0.015; // nearer than this: leave the speed alone
const LONGEST_STEP_S = 1.2;
const BUFFER_S = { 1: 20, many: 10 };

/** The last of `pieces` (sorted) whose `key` is at most `value`; the first one before all. */
function lastUpTo(pieces, key, value) {
  let low = 0, high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle][key] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

const once = (target, name, withinMs) => new Promise((done) => {
  target.addEventListener(name, done, { once: true });
  setTimeout(done, withinMs);
});

export class Screen extends EventTarget {
  /** @param {HTMLElement} frame with data-playlist; @param {number} count cameras on this page */
  constructor(frame, count = 1) {
    super();
    this.frame = frame;
    this.video = frame.querySelector("video");
    this.pieces = [];
    const seconds = count > 1 ? BUFFER_S.many : BUFFER_S[1];
    this.hls = new Hls({
      enableWorker: false, startPosition: 0, startFragPrefetch: true, maxBufferLength: seconds,
      maxMaxBufferLength: seconds * 1.5, backBufferLength: 10, maxBufferHole: 0.5, progressive: false,
    });
    this.hls.on(Hls.Events.LEVEL_LOADED, (_, { details }) => this.learn(details));
    this.hls.on(Hls.Events.ERROR, (_, error) => this.failed(error));
    this.hls.on(Hls.Events.FRAG_LOADED, (_, { networkDetails }) => {
      if (networkDetails?.getResponseHeader?.("Kuramori-Converted") != null) markConverted(true);
    });
    this.hls.loadSource(playsH265() ? frame.dataset.playlist : frame.dataset.playlistH264);
    this.hls.attachMedia(this.video);
    this.watchPictures();
  }

  learn(details) {
    this.pieces = details.fragments;
    if (!this.pieces.length) this.drop(this.frame.dataset.wordEmpty);
    else this.dispatchEvent(new Event("known"));
  }

  /** Ask again and again whether this look is still allowed; on a no, or on silence, its picture goes. */
  async keepAsking() {
    if (this.dropped) return;
    const over = this.frame.dataset.wordOver;
    try {
      const answer = await fetch(this.frame.dataset.status, { cache: "no-store" });
      const { open } = answer.ok ? await answer.json() : { open: answer.status >= 500 };
      if (!open) this.drop(over);
    } catch {
      this.drop(over); // nobody can say that the look is still allowed
    }
    setTimeout(() => this.keepAsking(), ASK_MS);
  }

  failed(error) {
    const status = error.response?.code ?? 0;
    if (status >= 400 && status < 500) this.drop(this.frame.dataset.wordOver);
    else if (error.fatal && error.type === Hls.ErrorTypes.MEDIA_ERROR) this.hls.recoverMediaError();
  }

  /** Remember the media time of the picture that is really on the screen, and how far pictures lie apart. */
  watchPictures() {
    const seen = (_, { mediaTime }) => {
      const apart = mediaTime - (this.shownAt ?? mediaTime);
      if (apart > 0.004 && apart < 0.6) this.apart = Math.min(this.apart ?? apart, apart);
      this.shownAt = mediaTime;
      this.video.requestVideoFrameCallback(seen);
    };
    this.video.requestVideoFrameCallback?.(seen);
  }

  /**
   * Wall time (ms) minus player time at a piece. Pieces carry the time at which they arrived, which is late by
   * whatever held them up; the least delayed neighbour of the same run is nearest to the truth.
   */
  shift(index) {
    const run = this.pieces[index].cc;
    let least = Infinity;
    for (let at = Math.max(0, index - NEIGHBOURS); at <= Math.min(this.pieces.length - 1, index + NEIGHBOURS); at++) {
      const piece = this.pieces[at];
      if (piece.cc === run) least = Math.min(least, piece.programDateTime - piece.start * 1000);
    }
    return least;
  }

  /** Where in the player a wall time lies: {at (s), inside}; outside footage, the next picture after it. */
  place(wallMs) {
    let index = lastUpTo(this.pieces, "programDateTime", wallMs);
    // The true time of a piece is up to its delay earlier than what it carries.
    if (index + 1 < this.pieces.length && this.wallAt(index + 1) <= wallMs) index++;
    const piece = this.pieces[index];
    const inside = (wallMs - this.wallAt(index)) / 1000;
    if (inside <= piece.duration + 0.1 || index === this.pieces.length - 1) {
      const kept = Math.max(0, Math.min(inside, piece.duration - 0.02));
      return { at: piece.start + kept, inside: inside > -0.5 && inside <= piece.duration + 0.5 };
    }
    return { at: this.pieces[index + 1].start, inside: false };
  }

  wallAt(index) {
    return this.shift(index) + this.pieces[index].start * 1000;
  }

  /** Go to a wall time (ms); where there is no footage, to the first picture after it. */
  seek(wallMs) {
    if (!this.pieces.length) return;
    this.video.currentTime = this.place(wallMs).at;
  }

  /** The wall time (ms) of the picture shown; undefined before the first. */
  now() {
    if (!this.pieces.length) return undefined;
    const at = this.video.currentTime;
    return at * 1000 + this.shift(lastUpTo(this.pieces, "start", at));
  }

  get ready() {
    return !this.video.seeking && this.video.readyState >= 3;
  }

  /**
   * Keep to the common time of several cameras. `holding`: it stands still until every camera has come up to it,
   * so whoever is behind goes on alone. Says whether this camera has come up to it.
   */
  follow(wallMs, rate, running, holding) {
    if (this.dropped || !this.pieces.length) return true;
    const { at, inside } = this.place(wallMs);
    this.frame.classList.toggle("no-footage", !inside);
    if (!inside) {
      this.video.pause();
      return true;
    }
    const { video } = this;
    const behind = at - video.currentTime;
    const far = running ? FAR_S * Math.max(1, rate) : 0.02;
    if (Math.abs(behind) > far) {
      if (!video.seeking) video.currentTime = at;
    } else if (running) {
      const chase = Math.abs(behind) < NEAR_S * rate ? 1 : 1 + Math.max(-0.3, Math.min(0.3, behind * 3));
      video.playbackRate = Math.max(0.0625, Math.min(16, rate * chase));
    }
    const goes = running && (!holding || behind > NEAR_S * Math.max(1, rate));
    if (goes && video.paused) video.play().catch(() => {});
    if (!goes && !video.paused) video.pause();
    const come = (this.ready && this.lag(at) < LATE_S * Math.max(1, rate)) || this.ending(at);
    return come || this.givenUp(come);
  }

  /** A camera whose picture does not come (a hole that no row tells of) holds the others up for a while only. */
  givenUp(come) {
    if (this.ready) this.unreadySinceMs = undefined;
    else this.unreadySinceMs ??= performance.now();
    const late = !come && performance.now() - (this.unreadySinceMs ?? Infinity) > PATIENCE_MS;
    if (late) this.frame.classList.add("no-footage");
    return late;
  }

  /** How far the picture that is really on the screen is behind a time of the player (s). */
  lag(at) {
    const shown = (this.shownAt ?? 0) + (this.apart ?? 0.07);
    return at - (this.video.paused ? this.video.currentTime : Math.min(this.video.currentTime, shown));
  }

  ending(at) {
    return this.video.ended || at > this.pieces.at(-1).start + this.pieces.at(-1).duration - 0.1;
  }

  /** One picture on or back, exactly. */
  async step(forward) {
    this.video.pause();
    const from = this.shownAt ?? this.video.currentTime;
    if (!forward) return this.settle(from - 0.004);
    let ahead = (this.apart ?? 0.02) + 0.004;
    for (; ahead < LONGEST_STEP_S && !this.dropped; ahead += 0.02) {
      await this.settle(from + ahead);
      if (this.shownAt > from + 0.001) return undefined;
    }
    return undefined;
  }

  async settle(at) {
    const shown = new Promise((done) => { this.video.requestVideoFrameCallback?.(done); });
    this.video.currentTime = Math.max(0, at);
    await once(this.video, "seeked", 3000);
    await Promise.race([shown, new Promise((done) => setTimeout(done, 120))]);
  }

  /** The look is over: no buffer stays. */
  drop(word) {
    if (this.dropped) return;
    this.dropped = true;
    this.hls.destroy();
    this.pieces = [];
    dropPicture(this.frame, word);
    this.dispatchEvent(new Event("dropped"));
  }
}
