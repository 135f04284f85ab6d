// Draws the area a camera may see on its test picture: pointer, keyboard, or numbers. Points are 0..1.
const form = document.querySelector("[data-range]");
const canvas = form.querySelector("[data-canvas]");
const pen = canvas.getContext("2d");
const fields = { polygon: form.elements.polygon, masks: form.elements.masks };
const word = (name) => form.querySelector(`[data-word-${name}]`).textContent;
const state = { shapes: [JSON.parse(fields.polygon.value), ...JSON.parse(fields.masks.value)], shape: 0, corner: 0, held: false };
const CORNER_PX = 18;
const STEP = 0.01;

const corners = () => state.shapes[state.shape];
const clamp = (value) => Math.min(1, Math.max(0, Math.round(value * 1000) / 1000));

function show(rows = true) {
  fields.polygon.value = JSON.stringify(state.shapes[0]);
  fields.masks.value = JSON.stringify(state.shapes.slice(1));
  form.querySelector("[data-mask-note]").hidden = state.shapes.length === 1;
  state.corner = Math.max(0, Math.min(state.corner, corners().length - 1));
  paint();
  if (rows) { showShapes(); showCorners(); }
}

function trace(points) {
  pen.beginPath();
  points.forEach(([x, y], at) => (at ? pen.lineTo(x * canvas.width, y * canvas.height) : pen.moveTo(x * canvas.width, y * canvas.height)));
  pen.closePath();
}

function paint() {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "rgba(0, 0, 0, .55)";
  pen.beginPath();
  pen.rect(0, 0, canvas.width, canvas.height);
  state.shapes[0].forEach(([x, y], at) => (at ? pen.lineTo(x * canvas.width, y * canvas.height) : pen.moveTo(x * canvas.width, y * canvas.height)));
  pen.closePath();
  pen.fill("evenodd");
  state.shapes.slice(1).forEach((mask) => { trace(mask); pen.fillStyle = "#000"; pen.fill(); });
  trace(corners());
  pen.lineWidth = canvas.width / 250;
  pen.strokeStyle = "#ffd400";
  pen.stroke();
  corners().forEach(([x, y], at) => {
    pen.beginPath();
    const radius = canvas.width / (at === state.corner ? 60 : 90);
    const inside = (value, size) => Math.min(size - radius, Math.max(radius, value * size)); // whole at the rim
    pen.arc(inside(x, canvas.width), inside(y, canvas.height), radius, 0, 7);
    pen.fillStyle = at === state.corner ? "#ffd400" : "#fff";
    pen.fill();
    pen.strokeStyle = "#111";
    pen.stroke();
  });
}

function showShapes() {
  const rows = state.shapes.map((_, at) => {
    const row = form.querySelector("[data-shape-row]").content.cloneNode(true);
    const choice = row.querySelector("input");
    choice.checked = at === state.shape;
    choice.addEventListener("change", () => { state.shape = at; state.corner = 0; show(); });
    row.querySelector("[data-name]").textContent = at ? `${word("mask")} ${at}` : word("range");
    const remove = row.querySelector("[data-remove-mask]");
    remove.hidden = at === 0;
    remove.addEventListener("click", () => { state.shapes.splice(at, 1); state.shape = 0; show(); });
    return row;
  });
  form.querySelector("[data-shapes]").replaceChildren(...rows);
}

function showCorners() {
  const rows = corners().map(([x, y], at) => {
    const row = form.querySelector("[data-corner-row]").content.cloneNode(true);
    row.querySelector("[data-number]").textContent = at + 1;
    const boxes = [row.querySelector("[data-x]"), row.querySelector("[data-y]")];
    [x, y].forEach((value, axis) => {
      boxes[axis].value = Math.round(value * 1000) / 10;
      boxes[axis].addEventListener("input", () => {
        if (boxes[axis].value === "") return;
        corners()[at][axis] = clamp(boxes[axis].valueAsNumber / 100);
        state.corner = at;
        show(false);
      });
    });
    row.querySelector("[data-remove]").addEventListener("click", () => { removeCorner(at); });
    return row;
  });
  form.querySelector("[data-corners]").replaceChildren(...rows);
}

function removeCorner(at) {
  if (corners().length > 3) corners().splice(at, 1);
  show();
}

function addCorner(point) {
  if (corners().length >= 40) return;
  corners().splice(point.after + 1, 0, [clamp(point.x), clamp(point.y)]);
  state.corner = point.after + 1;
  show();
}

// Halfway along the edge that follows a corner.
function middleAfter(at) {
  const [x1, y1] = corners()[at];
  const [x2, y2] = corners()[(at + 1) % corners().length];
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2, after: at };
}

function distanceToEdge(x, y, at) {
  const [x1, y1] = corners()[at];
  const [x2, y2] = corners()[(at + 1) % corners().length];
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2 || 1e-9;
  const along = Math.min(1, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length));
  return Math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1));
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height, box };
}

canvas.addEventListener("pointerdown", (event) => {
  const { x, y, box } = place(event);
  const near = corners().map(([cx, cy], at) => [Math.hypot((cx - x) * box.width, (cy - y) * box.height), at]).sort((a, b) => a[0] - b[0])[0];
  if (near[0] <= CORNER_PX) state.corner = near[1];
  else addCorner({ x, y, after: corners().map((_, at) => [distanceToEdge(x, y, at), at]).sort((a, b) => a[0] - b[0])[0][1] });
  state.held = true;
  canvas.setPointerCapture(event.pointerId);
  paint();
});
canvas.addEventListener("pointermove", (event) => {
  if (!state.held) return;
  const { x, y } = place(event);
  corners()[state.corner] = [clamp(x), clamp(y)];
  show(false);
});
canvas.addEventListener("pointerup", () => { state.held = false; show(); });

const MOVES = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
canvas.addEventListener("keydown", (event) => {
  const count = corners().length;
  if (event.key in MOVES) {
    const [dx, dy] = MOVES[event.key];
    const [x, y] = corners()[state.corner];
    corners()[state.corner] = [clamp(x + dx), clamp(y + dy)];
    show();
  } else if (event.key === "PageDown") { state.corner = (state.corner + 1) % count; paint(); }
  else if (event.key === "PageUp") { state.corner = (state.corner + count - 1) % count; paint(); }
  else if (event.key === "Insert") addCorner(middleAfter(state.corner));
  else if (event.key === "Delete") removeCorner(state.corner);
  else return;
  event.preventDefault();
});
form.querySelector("[data-add-corner]").addEventListener("click", () => addCorner(middleAfter(corners().length - 1)));
form.querySelector("[data-add-mask]").addEventListener("click", () => {
  state.shapes.push([[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]]);
  state.shape = state.shapes.length - 1;
  state.corner = 0;
  show();
});
show();
