// The boxes as a table: a row for each moment of each box, so that everything can be typed as well as drawn.
import { held, largeEnough, timeNear } from "./boxes.js";

export class BoxList {
  /** @param editor has `boxes`, `chosen`, `choose(index, ms)`, `change(index, box)`, `removeMoment(index, at)` */
  constructor(table, row, clock, editor) {
    Object.assign(this, { table, row, clock, editor });
    table.addEventListener("change", ({ target }) => this.typed(target));
    table.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
      event.preventDefault(); // would send the form
      this.typed(event.target);
    });
    table.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button) return;
      const { index, at, moment } = this.of(button);
      if (button.dataset.field === "remove") editor.removeMoment(index, at);
      else editor.choose(index, moment[0]);
    });
  }

  of(field) {
    const { index, at } = field.closest("tr").dataset;
    return { index: Number(index), at: Number(at), moment: this.editor.boxes[index][at] };
  }

  timeText(ms) {
    return `${this.clock.format(ms)}.${String(ms % 1000).padStart(3, "0")}`;
  }

  typed(field) {
    const { index, at } = this.of(field);
    const box = this.editor.boxes[index].map((one) => [...one]);
    const moment = box[at];
    if (field.dataset.field === "time") moment[0] = timeNear(field.value, moment[0], this.clock) ?? moment[0];
    else moment[Number(field.dataset.field)] = held(Number(field.value) * 100);
    const twice = box.some((one, other) => other !== at && one[0] === moment[0]);
    this.editor.change(index, twice || !largeEnough(moment.slice(1)) ? this.editor.boxes[index] : box);
  }

  /** The rows are drawn after the event, so that the field that gets the focus next is known. */
  show() {
    clearTimeout(this.drawing);
    this.drawing = setTimeout(() => this.redraw());
  }

  redraw() {
    const focused = this.table.contains(document.activeElement) ? document.activeElement : null;
    const kept = focused && `tr[data-key="${focused.closest("tr").dataset.key}"] [data-field="${focused.dataset.field}"]`;
    const rows = this.editor.boxes.flatMap((box, index) => box.map((moment, at) => this.line(index, at, moment)));
    this.table.tBodies[0].replaceChildren(...rows);
    this.table.hidden = !rows.length;
    if (kept) this.table.querySelector(kept)?.focus();
  }

  line(index, at, moment) {
    const line = this.row.content.firstElementChild.cloneNode(true);
    line.classList.toggle("chosen", index === this.editor.chosen);
    Object.assign(line.dataset, { index, at, key: `${index}-${at}` });
    for (const field of line.querySelectorAll("[data-field]")) {
      const { field: name } = field.dataset;
      field.setAttribute("aria-label", `${index + 1}: ${field.getAttribute("aria-label")}`);
      if (name === "choose") field.textContent = index + 1;
      else if (name === "time") field.value = this.timeText(moment[0]);
      else if (name !== "remove") field.value = moment[Number(name)] / 100;
    }
    return line;
  }
}
