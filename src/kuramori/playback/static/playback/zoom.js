// Looking closer: the picture is enlarged inside its frame, and moved under it. Nothing is sent or kept.

const MOST = 8;

export class Zoom {
  /** @param {HTMLElement} frame holding a video */
  constructor(frame) {
    this.frame = frame;
    this.video = frame.querySelector("video");
    this.factor = 1;
    this.x = this.y = 0.5; // the point of the picture that lies in the middle of the frame
    frame.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    frame.addEventListener("pointerdown", (event) => this.grab(event));
    frame.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, () => { this.held = null; });
  }

  by(factor, x = this.x, y = this.y) {
    const next = Math.max(1, Math.min(MOST, this.factor * factor));
    // What lies under (x, y) of the picture stays where it is.
    const kept = 1 - this.factor / next;
    [this.x, this.y] = [this.x + (x - this.x) * kept, this.y + (y - this.y) * kept];
    this.factor = next;
    this.draw();
  }

  move(right, down) {
    this.x += (right * 0.1) / this.factor;
    this.y += (down * 0.1) / this.factor;
    this.draw();
  }

  reset() {
    this.factor = 1;
    this.draw();
  }

  draw() {
    const half = 0.5 / this.factor;
    this.x = Math.max(half, Math.min(1 - half, this.x));
    this.y = Math.max(half, Math.min(1 - half, this.y));
    const moved = (part) => `${(0.5 - part) * 100 * this.factor}%`;
    this.video.style.transform = `translate(${moved(this.x)}, ${moved(this.y)}) scale(${this.factor})`;
    this.frame.classList.toggle("closer", this.factor > 1);
    this.frame.dispatchEvent(new CustomEvent("zoomed", { detail: this.factor, bubbles: true }));
  }

  /** The point of the picture (0 to 1) under an event. */
  pointAt(event) {
    const box = this.frame.getBoundingClientRect();
    return [
      this.x + ((event.clientX - box.left) / box.width - 0.5) / this.factor,
      this.y + ((event.clientY - box.top) / box.height - 0.5) / this.factor,
    ];
  }

  wheel(event) {
    if (!event.ctrlKey && this.factor === 1) return; // else the page would not scroll over a picture
    event.preventDefault();
    this.by(event.deltaY > 0 ? 0.8 : 1.25, ...this.pointAt(event));
  }

  grab(event) {
    if (this.factor === 1 || event.target.closest("button")) return;
    this.held = { x: event.clientX, y: event.clientY, far: 0 };
    this.frame.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (!this.held) return;
    const box = this.frame.getBoundingClientRect();
    const [right, down] = [event.clientX - this.held.x, event.clientY - this.held.y];
    this.dragged = true;
    this.x -= right / box.width / this.factor;
    this.y -= down / box.height / this.factor;
    this.held = { x: event.clientX, y: event.clientY };
    this.draw();
  }
}
