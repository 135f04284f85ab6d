// A package's page: handles to the second, "begin at this picture", how far packing is, and what was written.
const ASK_MS = 700;
const seen = document.querySelector("[data-playlist]") ? await import("./look.js") : undefined;

/** Seconds since 1970 of a local "2026-11-25T14:30:05" in a time zone, and back. */
const parts = (zone) => new Intl.DateTimeFormat("sv-SE", {
  timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});
const localOf = (seconds, zone) => parts(zone).format(seconds * 1000).replace(" ", "T");
function secondsOf(local, zone) {
  const wanted = Date.parse(`${local}Z`) / 1000;
  let guess = wanted;
  for (let turn = 0; turn < 3; turn += 1) guess += wanted - Date.parse(`${localOf(guess, zone)}Z`) / 1000;
  return Math.round(guess);
}

class Part {
  constructor(box) {
    this.box = box;
    this.zone = box.dataset.zone;
    this.fields = { begin: box.querySelector("[data-begin]"), end: box.querySelector("[data-end]") };
    this.stills = box.querySelector("[data-stills]");
    this.handles = Object.fromEntries([...box.querySelectorAll("[data-handle]")].map((one) => [one.dataset.handle, one]));
    for (const [name, handle] of Object.entries(this.handles)) {
      handle.min = box.dataset.first;
      handle.max = box.dataset.last;
      handle.addEventListener("input", () => this.put(name, Number(handle.value), true));
      this.fields[name].addEventListener("change", () => this.put(name, this.value(name), true));
    }
    for (const button of box.querySelectorAll("[data-take]")) {
      button.addEventListener("click", () => this.take(button.dataset.take));
    }
    box.querySelector(".handles").hidden = false;
    this.draw();
  }

  value(name) {
    return secondsOf(this.fields[name].value, this.zone);
  }

  put(name, seconds, seek = false) {
    if (!Number.isFinite(seconds)) return;
    const kept = Math.max(Number(this.box.dataset.first), Math.min(seconds, Number(this.box.dataset.last)));
    this.fields[name].value = localOf(kept, this.zone);
    this.draw();
    if (seek && "looked" in this.box.dataset) seen?.desk.seek(kept * 1000);
  }

  take(what) {
    const now = seen?.desk.now();
    if (now === undefined) return;
    if (what === "still") {
      const time = localOf(now / 1000, this.zone).slice(11);
      if (!this.stills.value.includes(time)) this.stills.value = `${this.stills.value} ${time}`.trim();
    } else this.put(what, what === "begin" ? Math.floor(now / 1000) : Math.ceil(now / 1000));
  }

  draw() {
    for (const [name, handle] of Object.entries(this.handles)) {
      handle.value = this.value(name);
      handle.setAttribute("aria-valuetext", this.fields[name].value.replace("T", " "));
    }
    const length = this.value("end") - this.value("begin");
    this.box.querySelector("[data-length]").textContent = `${Math.floor(length / 60)}:${String(length % 60).padStart(2, "0")}`;
  }
}

for (const box of document.querySelectorAll("[data-part]")) new Part(box);

async function ask(section) {
  const answer = await fetch(section.dataset.progress, { cache: "no-store" }).catch(() => null);
  const said = answer?.ok ? await answer.json() : { state: "packing", percent: 0 };
  section.querySelector("progress").value = said.percent;
  if (said.state === "packing") setTimeout(() => ask(section), ASK_MS);
  else location.reload();
}

const waiting = document.querySelector("[data-progress]");
if (waiting) ask(waiting);

/** A copy goes out as a download, so the page stays: it is fetched anew when the last byte has left. */
async function untilWritten({ writing, written }) {
  const answer = await fetch(writing, { cache: "no-store" }).catch(() => null);
  const said = answer?.ok ? await answer.json() : null;
  if (said && said.written > Number(written)) location.reload();
  else if (!answer || answer.ok) setTimeout(() => untilWritten({ writing, written }), ASK_MS);
}

const out = document.querySelector("[data-writing]");
out?.addEventListener("submit", () => setTimeout(() => untilWritten(out.dataset), ASK_MS), { once: true });
