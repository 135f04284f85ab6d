// <kura-timeline src="…"> shows when there is footage, when there is none and why. Click or Enter picks a moment.
//
// Attributes: src (one address a camera, each JSON {covered: [[ms, ms]], gaps: [{from, until, words}], marks:
// [{at, until, kind, words}]}), data-labels (what each camera's row is called), from and until (ms: what is in
// view at first), timezone, bounded (nothing outside from–until can be picked).
// Property cursor (ms). Events "pick" and "pointed" with the moment (ms). Keys: arrows, + and -, Home, End, Enter.

const HEIGHT = 84;
const BAR = [26, 34]; // top and height of the coverage bar
const STEPS_S = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200, 86400, 172800, 604800];
const REFRESH_MS = 10_000;

class Timeline extends HTMLElement {
  rows = []; // one a camera

  connectedCallback() {
    this.from = Number(this.getAttribute("from"));
    this.until = Number(this.getAttribute("until"));
    this.limit = this.hasAttribute("bounded") ? [this.from, this.until] : null;
    this.at = this.until;
    const options = { timeZone: this.getAttribute("timezone"), hourCycle: "h23" };
    const language = document.documentElement.lang;
    this.day = new Intl.DateTimeFormat(language, { ...options, month: "numeric", day: "numeric", weekday: "short" });
    this.minute = new Intl.DateTimeFormat(language, { ...options, hour: "2-digit", minute: "2-digit" });
    this.second = new Intl.DateTimeFormat(language, { ...options, timeStyle: "medium" });
    this.canvas = document.createElement("canvas");
    this.said = Object.assign(document.createElement("p"), { className: "timeline-said" });
    this.replaceChildren(this.canvas, this.said);
    this.tabIndex = 0;
    this.setAttribute("role", "slider");
    this.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("pointermove", (event) => this.hover(this.momentAt(event)));
    this.canvas.addEventListener("pointerleave", () => this.hover(undefined));
    this.canvas.addEventListener("click", (event) => this.pick(this.momentAt(event)));
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    new ResizeObserver(() => this.draw()).observe(this);
    this.load();
    this.timer = setInterval(() => this.load(), REFRESH_MS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  static observedAttributes = ["src"];

  attributeChangedCallback() {
    if (this.canvas) this.load();
  }

  get cursor() {
    return this.at;
  }

  set cursor(ms) {
    this.at = ms;
    if (ms < this.from || ms > this.until) this.view(ms - (this.until - this.from) / 2);
    this.draw();
  }

  async load() {
    if (!this.hasAttribute("src")) return;
    const addresses = this.getAttribute("src").split(" ").filter(Boolean);
    const rows = await Promise.all(addresses.map(async (address) => {
      const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
      return answer?.ok ? answer.json() : null;
    }));
    this.rows = rows.map((row, index) => row ?? this.rows[index] ?? { covered: [], gaps: [], marks: [] });
    this.draw();
  }

  get covered() {
    return this.rows.flatMap((row) => row.covered).sort((one, other) => one[0] - other[0]);
  }

  /** Further marks of the page's own (bookmarks, changes): [{at, until, kind, words}]. */
  set marks(marks) {
    this.own = marks;
    this.draw();
  }

  /** Show the same width of time from another start, inside the limit. */
  view(from, width = this.until - this.from) {
    const [first, last] = this.limit ?? [-Infinity, Date.now() + width / 2];
    const kept = Math.min(width, last - first);
    this.from = Math.max(first, Math.min(from, last - kept));
    this.until = this.from + kept;
  }

  /** Show `factor` times as much time around the cursor. */
  zoom(factor) {
    const width = Math.min(Math.max((this.until - this.from) * factor, 10_000), 40 * 86_400_000);
    const share = this.at >= this.from && this.at <= this.until ? (this.at - this.from) / (this.until - this.from) : 0.5;
    this.view((share === 0.5 ? (this.from + this.until) / 2 : this.at) - width * share, width);
    this.draw();
  }

  wheel(event) {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    if (event.ctrlKey) this.zoom(event.deltaY > 0 ? 1.25 : 0.8);
    else this.view(this.from + (Math.sign(event.deltaY || event.deltaX) * (this.until - this.from)) / 10);
    this.draw();
  }

  key(event) {
    const step = (this.until - this.from) / (event.shiftKey ? 10 : 100);
    const acts = {
      ArrowLeft: () => { this.cursor = this.within(this.at - step); },
      ArrowRight: () => { this.cursor = this.within(this.at + step); },
      Home: () => { this.cursor = this.within(this.covered[0]?.[0] ?? this.from); },
      End: () => { this.cursor = this.within(this.covered.at(-1)?.[1] ?? this.until); },
      Enter: () => this.pick(this.at),
      "+": () => this.zoom(0.5),
      ";": () => this.zoom(0.5),
      "-": () => this.zoom(2),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
    this.hover(this.at);
  }

  within(ms) {
    const [first, last] = this.limit ?? [-Infinity, Date.now()];
    return Math.max(first, Math.min(ms, last));
  }

  pick(ms) {
    this.at = this.within(ms);
    this.draw();
    this.dispatchEvent(new CustomEvent("pick", { detail: this.at, bubbles: true }));
  }

  momentAt(event) {
    const box = this.canvas.getBoundingClientRect();
    return this.from + ((event.clientX - box.left) / box.width) * (this.until - this.from);
  }

  hover(ms) {
    this.pointed = ms;
    this.dispatchEvent(new CustomEvent("pointed", { detail: ms }));
    this.draw();
  }

  /** What is known about a moment, in words. */
  words(ms) {
    const when = `${this.day.format(ms)} ${this.second.format(ms)}`;
    const near = (this.until - this.from) / 150;
    const told = this.allMarks().filter((one) => ms >= one.at - near && ms <= (one.until ?? one.at) + near);
    const labels = this.labels();
    const rows = this.rows.map((row, index) => {
      const gap = row.gaps.find((one) => ms >= one.from && ms < one.until);
      let word = gap ? `${this.dataset.wordGap}: ${gap.words}` : this.dataset.wordNothing;
      if (row.covered.some(([from, until]) => ms >= from && ms < until)) word = this.dataset.wordCovered;
      return this.rows.length > 1 ? `${labels[index] ?? index + 1} ${word}` : word;
    });
    const words = rows.length ? [...new Set(rows)] : [this.dataset.wordNothing];
    return [when, ...words, ...new Set(told.map((one) => one.words))].join("  ");
  }

  labels() {
    return (this.dataset.labels ?? "").split(" ");
  }

  allMarks() {
    return [...this.rows.flatMap((row) => row.marks ?? []), ...(this.own ?? [])];
  }

  draw() {
    const width = this.clientWidth;
    if (!width) return;
    const scale = devicePixelRatio || 1;
    Object.assign(this.canvas, { width: width * scale, height: HEIGHT * scale });
    const pen = this.canvas.getContext("2d");
    pen.scale(scale, scale);
    const x = (ms) => ((ms - this.from) / (this.until - this.from)) * width;
    const style = getComputedStyle(this);
    const colour = (name) => style.getPropertyValue(name).trim();
    pen.fillStyle = colour("--timeline-empty");
    pen.fillRect(0, BAR[0], width, BAR[1]);
    const high = BAR[1] / Math.max(1, this.rows.length);
    for (const [index, row] of this.rows.entries()) {
      const place = [BAR[0] + index * high, high - (this.rows.length > 1 ? 1 : 0)];
      for (const gap of row.gaps) this.bar(pen, x(gap.from), x(gap.until), colour("--timeline-gap"), place);
      for (const [from, until] of row.covered) this.bar(pen, x(from), x(until), colour("--timeline-covered"), place);
    }
    for (const mark of this.allMarks()) this.mark(pen, mark, x, colour);
    this.scale(pen, x, width, colour("--timeline-text"));
    if (this.pointed !== undefined) this.line(pen, x(this.pointed), colour("--timeline-text"), 1);
    this.line(pen, x(this.at), colour("--timeline-cursor"), 3);
    this.said.textContent = this.words(this.pointed ?? this.at);
    this.setAttribute("aria-valuenow", String(Math.round(this.at / 1000)));
    this.setAttribute("aria-valuetext", this.words(this.at));
  }

  bar(pen, left, right, colour, [top, high] = BAR) {
    pen.fillStyle = colour;
    pen.fillRect(left, top, Math.max(right - left, 1), high);
  }

  /** What is kept for a case is a line under the bar; everything else a flag above it. */
  mark(pen, { at, until, kind }, x, colour) {
    if (at > this.until || (until ?? at) < this.from) return;
    pen.fillStyle = colour(`--timeline-${kind}`);
    if (kind === "hold") pen.fillRect(x(at), BAR[0] + BAR[1] + 1, Math.max(x(until) - x(at), 2), 4);
    else if (until !== undefined && x(until) - x(at) > 6) pen.fillRect(x(at), BAR[0] - 6, x(until) - x(at), 5);
    else {
      pen.beginPath();
      pen.moveTo(x(at), BAR[0]);
      pen.lineTo(x(at) - 5, BAR[0] - 9);
      pen.lineTo(x(at) + 5, BAR[0] - 9);
      pen.fill();
    }
  }

  line(pen, at, colour, thick) {
    pen.fillStyle = colour;
    pen.fillRect(at - thick / 2, BAR[0] - 8, thick, BAR[1] + 16);
  }

  scale(pen, x, width, colour) {
    const room = width / 90;
    const step = (STEPS_S.find((one) => (this.until - this.from) / 1000 / one <= room) ?? STEPS_S.at(-1)) * 1000;
    pen.fillStyle = colour;
    pen.font = "12px system-ui, sans-serif";
    pen.textAlign = "center";
    // Ticks fall on the zone's own days: its distance from UTC at the left edge is enough for that.
    const shift = zoneShift(this.from, this.getAttribute("timezone"));
    for (let at = Math.ceil((this.from + shift) / step) * step - shift; at <= this.until; at += step) {
      const words = step >= 86_400_000 ? this.day.format(at) : (step >= 60_000 ? this.minute : this.second).format(at);
      pen.fillRect(x(at), BAR[0] + BAR[1], 1, 6);
      pen.fillText(words, Math.min(Math.max(x(at), 20), width - 20), HEIGHT - 6);
    }
    pen.textAlign = "left";
    pen.fillText(this.day.format(this.from), 0, 14);
  }
}

function zoneShift(ms, timeZone) {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
  }).formatToParts(ms);
  const of = (type) => Number(parts.find((part) => part.type === type).value);
  const shown = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"));
  return shown - Math.floor(ms / 60_000) * 60_000;
}

customElements.define("kura-timeline", Timeline);
