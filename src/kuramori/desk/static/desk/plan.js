// Placing a camera on the plan: press where it hangs, pull towards what it overlooks. The numbers stay in the form.
const svg = document.querySelector("[data-plan]");
const placing = document.querySelector("[data-placing]");

if (svg && placing) {
  const form = placing.querySelector("form");
  const box = (name) => form.elements[name];
  const { width, height } = svg.viewBox.baseVal;
  const draft = svg.querySelector("[data-draft]");
  let from = null;

  // By the drawing's own matrix: a tall one does not fill its box.
  const at = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [Math.max(0, Math.min(width, point.x)), Math.max(0, Math.min(height, point.y))];
  };

  function draw() {
    const [x, y] = [box("x").value / 100 * width, box("y").value / 100 * height];
    const radius = box("reach").value / 100 * width;
    const half = Math.min(Number(box("angle").value), 359.9) / 2;
    if (!box("x").value || !box("y").value || !(radius > 0) || !(half > 0)) return;
    const end = (turned) => {
      const along = (Number(box("heading").value) + turned) * Math.PI / 180;
      return `${x + radius * Math.sin(along)} ${y - radius * Math.cos(along)}`;
    };
    draft.setAttribute("d", `M${x} ${y}L${end(-half)}A${radius} ${radius} 0 ${half > 90 ? 1 : 0} 1 ${end(half)}Z`);
  }

  function known() {
    const stands = svg.querySelector(`[data-camera="${box("camera").value}"]`);
    if (!stands) return;
    for (const name of ["x", "y", "heading", "angle", "reach"]) box(name).value = stands.dataset[name];
    draw();
  }

  svg.addEventListener("pointerdown", (event) => {
    if (!placing.open) return;
    event.preventDefault();
    from = at(event);
    svg.setPointerCapture(event.pointerId);
    box("x").value = (from[0] / width * 100).toFixed(1);
    box("y").value = (from[1] / height * 100).toFixed(1);
    draw();
  });
  svg.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y] = at(event);
    const far = Math.hypot(x - from[0], y - from[1]);
    if (far < width / 100) return;
    const turned = Math.atan2(x - from[0], from[1] - y) * 180 / Math.PI;
    box("heading").value = Math.round((turned + 360) % 360) % 360;
    box("reach").value = Math.min(100, far / width * 100).toFixed(1);
    draw();
  });
  for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, () => { from = null; });
  svg.addEventListener("click", (event) => placing.open && event.detail > 0 && event.preventDefault());
  box("camera").addEventListener("change", known);
  form.addEventListener("input", (event) => event.target !== box("camera") && draw());
  placing.addEventListener("toggle", () => svg.classList.toggle("placing", placing.open));
  svg.classList.toggle("placing", placing.open);
}
