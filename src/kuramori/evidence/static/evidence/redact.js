// Boxes over people in the part that is looked at: drawn on the picture (mouse, finger, arrow keys) or typed.
import { BoxList } from "./box_list.js";
import { SCALE, cut, held, largeEnough, nearest, placed, sidesAt, standing } from "./boxes.js";
import { desk } from "./look.js";

const MIDDLE = [4000, 4000, 6000, 6000];
const STRIDE = 100; // one hundredth of the picture for each press of an arrow key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Where the picture itself lies in its frame: black bars are none of it. */
function pictureIn(video) {
  const frame = video.getBoundingClientRect();
  const [wide, high] = [video.videoWidth || 16, video.videoHeight || 9];
  const grown = Math.min(frame.width / wide, frame.height / high);
  const [width, height] = [wide * grown, high * grown];
  return { left: frame.left + (frame.width - width) / 2, top: frame.top + (frame.height - height) / 2, width, height };
}

class Editor {
  constructor(place) {
    this.place = place;
    this.part = place.closest("[data-part]");
    this.field = place.querySelector("[data-boxes]");
    this.screen = document.querySelector("[data-playlist]");
    this.video = this.screen.querySelector("video");
    this.pencilButton = place.querySelector("[data-do=pencil]");
    this.boxes = JSON.parse(this.field.value || "[]");
    this.saved = JSON.stringify(this.boxes);
    this.chosen = this.boxes.length - 1;
    const clock = new Intl.DateTimeFormat("sv-SE", {
      timeZone: this.part.dataset.zone, hour: "2-digit", minute: "2-digit", second: "2-digit",
    });
    this.list = new BoxList(place.querySelector("table"), place.querySelector("template"), clock, this);
    this.makeLayer();
    for (const button of place.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this[button.dataset.do]());
    }
    this.field.form.addEventListener("submit", () => { this.saved = this.field.value; });
    addEventListener("beforeunload", (event) => {
      if (this.field.value !== this.saved) event.preventDefault();
    });
    const follow = () => {
      this.draw();
      requestAnimationFrame(follow);
    };
    requestAnimationFrame(follow);
    this.show();
  }

  makeLayer() {
    this.layer = Object.assign(document.createElement("div"), { className: "covers" });
    this.layer.setAttribute("role", "application");
    this.layer.setAttribute("aria-label", this.place.dataset.wordLayer);
    this.layer.addEventListener("pointerdown", (event) => this.grab(event));
    this.layer.addEventListener("pointermove", (event) => this.drag(event));
    this.layer.addEventListener("pointerup", () => this.drop());
    this.layer.addEventListener("pointercancel", () => { this.from = this.drawn = null; });
    this.layer.addEventListener("keydown", (event) => this.nudge(event));
    this.video.after(this.layer);
  }

  now() {
    const now = desk.now();
    return now === undefined ? undefined : Math.round(now);
  }

  // --- The buttons --------------------------------------------------------------------------------------
  /** Drawing on or off; while it is on, the picture takes strokes and arrow keys instead of clicks. */
  pencil() {
    const on = this.pencilButton.getAttribute("aria-pressed") !== "true";
    this.pencilButton.setAttribute("aria-pressed", String(on));
    this.layer.classList.toggle("drawing", on);
    if (!on) return this.layer.removeAttribute("tabindex");
    desk.pause();
    this.layer.tabIndex = 0;
    this.layer.focus({ preventScroll: true });
    this.screen.scrollIntoView({ block: "nearest" });
    return undefined;
  }

  /** No box is chosen: the next stroke makes a new one. */
  fresh() {
    this.chosen = -1;
    this.show();
    if (this.pencilButton.getAttribute("aria-pressed") !== "true") this.pencil();
  }

  /** A new box in the middle of the picture, from the beginning of the part to its end. */
  add(sides = MIDDLE) {
    const now = this.now();
    if (now === undefined) return;
    const [begin, end] = ["begin", "end"].map((name) => Number(this.part.querySelector(`[data-handle=${name}]`).value) * 1000);
    this.boxes.push(standing(begin, now, end, sides));
    this.chosen = this.boxes.length - 1;
    this.show();
  }

  begins() {
    this.cutAt(true);
  }

  ends() {
    this.cutAt(false);
  }

  // --- What changes a box -------------------------------------------------------------------------------
  cutAt(after) {
    const now = this.now();
    if (now !== undefined && this.boxes[this.chosen]) this.change(this.chosen, cut(this.boxes[this.chosen], now, after));
  }

  /** The chosen box lies here at this picture. */
  put(sides) {
    const now = this.now();
    if (now !== undefined && largeEnough(sides)) this.change(this.chosen, placed(this.boxes[this.chosen], now, sides));
  }

  change(index, box) {
    this.boxes[index] = box.sort((one, other) => one[0] - other[0]);
    this.chosen = index;
    this.show();
  }

  removeMoment(index, at) {
    this.boxes[index].splice(at, 1);
    if (this.boxes[index].length < 2) this.boxes.splice(index, 1);
    this.chosen = Math.min(this.chosen, this.boxes.length - 1);
    this.show();
  }

  choose(index, ms) {
    this.chosen = index;
    desk.seek(ms);
    desk.pause();
    this.show();
  }

  // --- The hand -----------------------------------------------------------------------------------------
  grab(event) {
    if (!event.isPrimary) return;
    desk.pause();
    this.from = this.point(event);
    this.drawn = null;
    this.layer.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (!this.from || !event.isPrimary) return;
    const to = this.point(event);
    const low = this.from.map((at, axis) => Math.min(at, to[axis]));
    const high = this.from.map((at, axis) => Math.max(at, to[axis]));
    this.drawn = [...low, ...high];
  }

  drop() {
    const sides = this.drawn;
    this.from = this.drawn = null;
    if (!sides || !largeEnough(sides)) return;
    if (this.chosen < 0) this.add(sides);
    else this.put(sides);
  }

  /** An arrow key moves the chosen box at this picture; with Shift it makes it larger or smaller. */
  nudge(event) {
    const way = ARROWS[event.key];
    const now = this.now();
    if (!way || now === undefined) return;
    event.preventDefault();
    desk.pause();
    if (this.chosen < 0) return void this.add();
    const [left, top, right, bottom] = nearest(this.boxes[this.chosen], now);
    const [x, y] = way.map((sign) => sign * STRIDE);
    if (event.shiftKey) return void this.put([left, top, held(right + x), held(bottom + y)]);
    const [across, down] = [held(x, -left, SCALE - right), held(y, -top, SCALE - bottom)];
    return void this.put([left + across, top + down, right + across, bottom + down]);
  }

  point(event) {
    const picture = pictureIn(this.video);
    return [held(((event.clientX - picture.left) / picture.width) * SCALE),
      held(((event.clientY - picture.top) / picture.height) * SCALE)];
  }

  // --- What is shown ------------------------------------------------------------------------------------
  /** The boxes of this very picture, over it. */
  draw() {
    const now = this.now();
    const [frame, picture] = [this.screen.getBoundingClientRect(), pictureIn(this.video)];
    const shown = this.boxes.map((box) => (now === undefined ? null : sidesAt(box, now)));
    if (this.drawn) shown.push(this.drawn);
    const said = JSON.stringify([shown, picture.width, picture.left - frame.left, picture.top - frame.top, this.chosen]);
    if (said === this.last) return;
    this.last = said;
    const origin = { left: picture.left - frame.left, top: picture.top - frame.top };
    this.layer.replaceChildren(...shown.flatMap((sides, index) => (sides ? [this.cover(sides, index, origin, picture)] : [])));
  }

  cover(sides, index, origin, picture) {
    const box = document.createElement("div");
    box.className = index === this.chosen ? "cover chosen" : "cover";
    box.textContent = index < this.boxes.length ? String(index + 1) : "";
    box.style.left = `${origin.left + (sides[0] / SCALE) * picture.width}px`;
    box.style.top = `${origin.top + (sides[1] / SCALE) * picture.height}px`;
    box.style.width = `${((sides[2] - sides[0]) / SCALE) * picture.width}px`;
    box.style.height = `${((sides[3] - sides[1]) / SCALE) * picture.height}px`;
    return box;
  }

  show() {
    this.field.value = JSON.stringify(this.boxes);
    this.list.show();
    for (const button of this.place.querySelectorAll("[data-do=begins], [data-do=ends]")) button.disabled = this.chosen < 0;
  }
}

const place = document.querySelector("[data-redaction]");
if (place) new Editor(place);
