// Several cameras on one time: all follow one clock, and it stands still while one of them waits for its picture.

const BEAT_MS = 40;

export class Desk {
  /** @param {Screen[]} screens */
  constructor(screens, timeline) {
    this.screens = screens;
    this.timeline = timeline;
    this.rate = 1;
    this.running = false;
    for (const screen of screens) {
      screen.addEventListener("known", () => this.begin(), { once: true });
    }
    if (screens.length > 1) this.beat = setInterval(() => this.tick(), BEAT_MS);
  }

  // The first camera stands for a desk of one; benches and tests drive it by these.
  get video() { return this.screens[0].video; }
  get pieces() { return this.screens[0].pieces; }
  get hls() { return this.screens[0].hls; }
  get together() { return this.screens.length > 1; }
  get dropped() { return this.screens.every((one) => one.dropped); }
  get paused() { return this.together ? !this.running : this.video.paused; }

  begin() {
    if (this.begun || this.screens.some((one) => !one.pieces.length && !one.dropped)) return;
    this.begun = true;
    const living = this.screens.filter((one) => one.pieces.length);
    if (!living.length) return;
    const first = Math.min(...living.map((one) => one.wallAt(0)));
    this.seek(this.wanted ?? Math.max(first, Number(this.timeline.getAttribute("from"))));
  }

  /** Go to a wall time (ms) and play. */
  seek(wallMs) {
    this.wanted = wallMs;
    if (!this.begun) return;
    this.wanted = undefined;
    this.wall = this.bounded(wallMs);
    this.sinceMs = performance.now();
    for (const screen of this.screens) screen.seek(this.wall);
    this.play();
  }

  bounded(wallMs) {
    const living = this.screens.filter((one) => one.pieces.length);
    if (!this.together || !living.length) return wallMs;
    const first = Math.min(...living.map((one) => one.wallAt(0)));
    const last = Math.max(...living.map((one) => one.wallAt(one.pieces.length - 1) + one.pieces.at(-1).duration * 1000));
    return Math.max(first, Math.min(wallMs, last - 40));
  }

  /** The wall time (ms) that is shown; undefined before the first picture. */
  now() {
    return this.together ? this.wall : this.screens[0].now();
  }

  tick() {
    if (this.wall === undefined || this.dropped) return;
    const nowMs = performance.now();
    const passedMs = Math.min(nowMs - this.sinceMs, 500) * this.rate;
    this.sinceMs = nowMs;
    if (this.running && !this.waiting) this.wall = this.bounded(this.wall + passedMs);
    const ready = this.screens.map((one) => one.follow(this.wall, this.rate, this.running, this.waiting));
    this.waiting = this.running && ready.includes(false);
    this.onTime?.(this.wall);
  }

  play() {
    this.running = true;
    this.sinceMs = performance.now();
    if (!this.together) this.video.play().catch(() => {});
  }

  pause() {
    this.running = false;
    for (const screen of this.screens) screen.video.pause();
  }

  toggle() {
    if (this.paused) this.play();
    else this.pause();
  }

  speed(factor) {
    this.rate = factor;
    if (!this.together) this.video.playbackRate = factor;
  }

  /** One picture on or back on the chosen screen; the others come along. */
  async step(forward, screen = this.screens[0]) {
    if (this.stepping || screen.dropped) return;
    this.stepping = true;
    this.pause();
    await screen.step(forward);
    this.wall = screen.now();
    for (const other of this.screens) if (other !== screen) other.seek(this.wall);
    this.stepping = false;
    this.onTime?.(this.wall);
  }

  drop(word) {
    clearInterval(this.beat);
    for (const screen of this.screens) screen.drop(word);
  }
}
