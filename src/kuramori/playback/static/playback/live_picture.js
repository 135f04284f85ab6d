// One camera's live picture: fragments of one picture each, appended to Media Source Extensions, kept at the edge.
import { dropPicture } from "./looker.js";

const BEHIND_S = 0.6; // further behind than this: jump to the edge
const KEPT_S = 10; // pictures older than this leave the buffer
const MOST_WAITING = 60; // fragments; a page that cannot keep up begins anew at the next beginning of a stream

const once = (target, name) => new Promise((done) => target.addEventListener(name, done, { once: true }));

export class LivePicture {
  /** @param {HTMLElement} frame `.screen` holding a video and `.said` */
  constructor(frame) {
    this.frame = frame;
    this.video = frame.querySelector("video");
  }

  /** Begin anew with a stream of this type (a MIME type with codecs); `word` where this browser cannot play it. */
  async begin(type, word) {
    const Source = window.ManagedMediaSource ?? window.MediaSource;
    if (!Source?.isTypeSupported(type)) {
      this.drop(word);
      return;
    }
    const source = new Source();
    const mine = this.source = source;
    this.buffer = null;
    this.waiting = [];
    const address = URL.createObjectURL(source);
    this.video.disableRemotePlayback = true;
    this.video.src = address;
    await once(source, "sourceopen");
    URL.revokeObjectURL(address);
    if (mine !== this.source) return;
    this.buffer = source.addSourceBuffer(type);
    this.frame.classList.remove("dark");
    this.frame.querySelector(".said").hidden = true;
    await this.settle();
  }

  /** The next fragment. */
  add(bytes) {
    this.waiting?.push(bytes);
    if (this.waiting?.length > MOST_WAITING) this.waiting.splice(1, this.waiting.length - MOST_WAITING);
    this.settle();
  }

  async settle() {
    if (this.busy || !this.buffer) return;
    this.busy = true;
    try {
      while (this.waiting?.length && this.buffer) {
        const { buffer } = this;
        await this.act(() => buffer.appendBuffer(this.waiting.shift()));
        this.keepToTheEdge();
        const { buffered } = this.video;
        if (buffered.length && buffered.start(0) < this.video.currentTime - 2 * KEPT_S) {
          await this.act(() => buffer.remove(0, this.video.currentTime - KEPT_S));
        }
      }
    } catch {
      this.buffer = null; // the stream does not fit any more; the next beginning makes it anew
    } finally {
      this.busy = false;
    }
  }

  async act(what) {
    const settled = once(this.buffer, "updateend");
    what();
    await settled;
  }

  keepToTheEdge() {
    const { video } = this;
    const { buffered } = video;
    if (!buffered.length) return;
    const edge = buffered.end(buffered.length - 1);
    const behind = edge - video.currentTime;
    if (behind > BEHIND_S || video.currentTime < buffered.start(buffered.length - 1)) video.currentTime = edge - 0.02;
    else video.playbackRate = behind > 0.25 ? 1.1 : 1;
    if (video.paused) video.play().catch(() => {});
  }

  drop(word) {
    this.source = this.buffer = this.waiting = null;
    dropPicture(this.frame, word);
  }
}
