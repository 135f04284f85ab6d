// The desk's tools beside playing: bookmarks, previews over the timeline, the search for changes, a printed still.

const PREVIEW_WAIT_MS = 150;
const POLL_MS = 1000;
const SCALE = 10_000;
const token = () => document.querySelector("[data-token] [name=csrfmiddlewaretoken]").value;

/** POST a form; the answer's JSON, or null where there is none. */
async function send(address, fields) {
  const answer = await fetch(address, {
    method: "POST", cache: "no-store", headers: { "X-CSRFToken": token() }, body: new URLSearchParams(fields),
  }).catch(() => null);
  return answer && (answer.ok || answer.status === 422) && answer.status !== 204 ? answer.json() : null;
}

const seconds = () => new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: document.querySelector("[data-timezone]").dataset.timezone, timeStyle: "medium",
});

/** Marks of the page's own on the timeline, by where they come from. */
class OwnMarks {
  constructor(timeline) {
    this.timeline = timeline;
    this.by = {};
  }

  set(from, marks) {
    this.by[from] = marks;
    this.timeline.marks = Object.values(this.by).flat();
  }
}

/** @param {{player, timeline, frames, chosen: () => number}} desk */
export function tools(desk) {
  const marks = new OwnMarks(desk.timeline);
  const asks = { ...bookmarks(desk, marks), ...changes(desk, marks), ...prints(desk) };
  previews(desk);
  keepBack(desk);
  return asks;
}

function bookmarks({ player, frames, chosen }, marks) {
  const form = document.querySelector("[data-mark]");
  if (!form) return {};
  const list = document.querySelector("[data-marks]");
  const wrong = document.querySelector("[data-mark-wrong]");
  const clock = seconds();
  const known = frames.map(() => []);

  function show() {
    marks.set("bookmarks", known.flat().map((one) => ({ kind: "bookmark", at: one.at, words: one.words })));
    list.replaceChildren(...known.flatMap((rows, index) => rows.map((one) => {
      const line = document.createElement("li");
      const go = Object.assign(document.createElement("button"), {
        type: "button", className: "quiet", textContent: `${clock.format(one.at)} ${one.words}`,
      });
      const back = Object.assign(document.createElement("button"), {
        type: "button", className: "quiet", textContent: list.dataset.wordBack,
      });
      go.addEventListener("click", () => player.seek(one.at));
      back.addEventListener("click", async () => learn(index, await send(frames[index].dataset.bookmarks, { back: one.id })));
      line.append(go, ` ${one.by} `, back);
      return line;
    })));
  }

  function learn(index, answer) {
    wrong.textContent = answer?.wrong ?? "";
    if (!answer?.bookmarks) return;
    known[index] = answer.bookmarks;
    show();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const index = chosen();
    const field = form.elements.words;
    const at = Math.round(player.now());
    learn(index, await send(frames[index].dataset.bookmarks, { at, words: field.value }));
    if (!wrong.textContent) field.value = "";
  });
  for (const [index, frame] of frames.entries()) {
    fetch(frame.dataset.bookmarks, { cache: "no-store" }).then((answer) => answer.ok && answer.json())
      .then((answer) => answer && learn(index, answer)).catch(() => {});
  }
  return { b: () => form.elements.words.focus() };
}

/** The key frame before the pointed moment, small, above the timeline; fetched anew each time, kept nowhere. */
function previews({ timeline, frames, chosen }) {
  const picture = Object.assign(document.createElement("canvas"), { className: "preview", hidden: true });
  timeline.before(picture);
  let waiting = null;
  let asked = 0;
  const hide = () => {
    clearTimeout(waiting);
    asked += 1;
    Object.assign(picture, { hidden: true, width: 1, height: 1 });
  };
  async function show(ms) {
    const mine = asked += 1;
    const address = `${frames[chosen()].dataset.preview}?at=${Math.round(ms)}`;
    const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok || answer.status === 204) return;
    const small = await createImageBitmap(await answer.blob());
    if (mine !== asked) return;
    Object.assign(picture, { hidden: false, width: small.width, height: small.height });
    picture.getContext("2d").drawImage(small, 0, 0);
    const share = (ms - timeline.from) / (timeline.until - timeline.from);
    const left = Math.min(timeline.clientWidth - small.width, share * timeline.clientWidth - small.width / 2);
    picture.style.left = `${Math.max(0, left)}px`;
  }
  timeline.addEventListener("pointed", ({ detail: ms }) => {
    clearTimeout(waiting);
    if (ms === undefined) hide();
    else waiting = setTimeout(() => show(ms), PREVIEW_WAIT_MS);
  });
  addEventListener("pagehide", hide);
}

function changes({ player, frames, zooms, chosen }, marks) {
  const draw = document.querySelector("[data-part]");
  const stop = document.querySelector("[data-part-stop]");
  const bar = document.querySelector("[data-progress]");
  const said = document.querySelector("[data-found]");
  const list = document.querySelector("[data-moments]");
  const clock = seconds();
  const box = Object.assign(document.createElement("div"), { className: "part" });
  let at = 0; // the camera that is searched
  let first = null;

  function show(answer) {
    const searching = answer.state === "running";
    stop.hidden = answer.state === "over";
    bar.hidden = !searching;
    bar.value = answer.of ? answer.done / answer.of : 0;
    const found = answer.moments ?? [];
    said.textContent = searching ? `${said.dataset.wordSearching} ${answer.done} / ${answer.of}`
      : answer.state === "over" ? said.dataset.wordOver : found.length ? "" : said.dataset.wordNone;
    marks.set("changes", found.map((one) => ({ kind: "change", at: one.from, until: one.until, words: draw.textContent })));
    list.replaceChildren(...found.map((one) => {
      const line = document.createElement("li");
      const word = one.lasting ? list.dataset.wordLasting : list.dataset.wordPassing;
      const go = Object.assign(document.createElement("button"), {
        type: "button", className: "quiet", textContent: `${clock.format(one.from)} – ${clock.format(one.until)} ${word}`,
      });
      go.addEventListener("click", () => player.seek(one.from - 2000));
      line.append(go);
      return line;
    }));
    if (answer.state === "over") box.remove();
    else setTimeout(poll, POLL_MS);
  }

  async function poll() {
    const answer = await fetch(frames[at].dataset.changes, { cache: "no-store" }).catch(() => null);
    show(answer?.ok ? await answer.json() : { state: "over" });
  }

  async function search([left, top, right, bottom]) {
    const part = [left, top, right, bottom].map((one) => Math.round(Math.max(0, Math.min(1, one)) * SCALE));
    const answer = await send(frames[at].dataset.changes, { part: part.join(",") });
    if (answer?.wrong || !answer) {
      said.textContent = answer?.wrong ?? "";
      box.remove();
    } else show(answer);
  }

  function place([left, top, right, bottom]) {
    const zoom = zooms[at];
    const onto = (part, middle) => (0.5 + (part - middle) * zoom.factor) * 100;
    Object.assign(box.style, {
      left: `${onto(left, zoom.x)}%`, top: `${onto(top, zoom.y)}%`,
      width: `${(right - left) * zoom.factor * 100}%`, height: `${(bottom - top) * zoom.factor * 100}%`,
    });
  }

  function begin() {
    at = chosen();
    const frame = frames[at];
    const glass = Object.assign(document.createElement("div"), { className: "glass" });
    frame.append(glass, box);
    frame.scrollIntoView({ block: "nearest" });
    place([0.4, 0.4, 0.6, 0.6]);
    const corners = (event) => {
      const [x, y] = zooms[at].pointAt(event);
      return [Math.min(first[0], x), Math.min(first[1], y), Math.max(first[0], x), Math.max(first[1], y)];
    };
    const end = (part) => {
      glass.remove();
      removeEventListener("keydown", keys, true);
      first = null;
      if (part) search(part);
      else box.remove();
    };
    // By keyboard: the arrows move the box, with Shift they change its size, Enter searches, Escape gives up.
    let [left, top, right, bottom] = [0.4, 0.4, 0.6, 0.6];
    function keys(event) {
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!moves && event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") return end(null);
      if (event.key === "Enter") return end([left, top, right, bottom]);
      const [x, y] = moves.map((one) => one * 0.02);
      if (!event.shiftKey) [left, top] = [left + x, top + y];
      [right, bottom] = [Math.max(left + 0.02, right + x), Math.max(top + 0.02, bottom + y)];
      return place([left, top, right, bottom]);
    }
    addEventListener("keydown", keys, true);
    glass.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      glass.setPointerCapture(event.pointerId);
      first = zooms[at].pointAt(event);
    });
    glass.addEventListener("pointermove", (event) => { if (first) place(corners(event)); });
    glass.addEventListener("pointerup", (event) => { if (first) end(corners(event)); });
  }

  draw.addEventListener("click", begin);
  stop.addEventListener("click", async () => {
    await send(frames[at].dataset.changes, { stop: 1 });
    show({ state: "over" });
  });
  return { r: begin };
}

/** Print what the chosen screen shows, once the server has written it down. */
function prints({ player, frames, chosen }) {
  const button = document.querySelector("[data-print]");
  if (!button) return {};
  const sheet = document.querySelector("[data-sheet]");
  async function print() {
    const frame = frames[chosen()];
    const video = frame.querySelector("video");
    player.pause();
    const canvas = sheet.querySelector("canvas");
    Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    const answer = await send(frame.dataset.still, { at: Math.round(player.now()) });
    if (answer?.lines) {
      sheet.querySelector("ul").replaceChildren(...answer.lines.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
      mark(canvas, answer.lines[0]);
      document.body.classList.add("printing-still");
      window.print();
      document.body.classList.remove("printing-still");
    }
    Object.assign(canvas, { width: 1, height: 1 });
  }
  button.addEventListener("click", print);
  return { p: print };
}

/** The case and the print's number, across the picture itself. */
function mark(canvas, text) {
  const pen = canvas.getContext("2d");
  pen.font = `${Math.round(canvas.width / 40)}px system-ui, sans-serif`;
  pen.globalAlpha = 0.35;
  pen.fillStyle = "#fff";
  pen.strokeStyle = "#000";
  for (const part of [0.25, 0.6, 0.95]) {
    pen.strokeText(text, canvas.width * 0.03, canvas.height * part);
    pen.fillText(text, canvas.width * 0.03, canvas.height * part);
  }
}

/** Printing, saving and copying outside what is written down: stopped here, and told to the record. */
function keepBack({ frames, chosen }) {
  const tell = (what) => send(frames[chosen()].dataset.blocked, { what });
  addEventListener("beforeprint", () => {
    if (!document.body.classList.contains("printing-still")) tell("print");
  });
  for (const frame of frames) {
    frame.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      tell("save");
    });
    frame.addEventListener("dragstart", (event) => event.preventDefault());
  }
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    tell("save");
  }, true);
  addEventListener("keyup", (event) => { if (event.key === "PrintScreen") tell("copy"); });
}
