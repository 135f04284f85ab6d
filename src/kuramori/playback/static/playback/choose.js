// The request form: the timeline follows the chosen camera, and a picked moment fills in the start.
import "./timeline.js";

const timeline = document.querySelector("#choose");
const camera = document.querySelector("[name=camera]");
const start = document.querySelector("[name=start]");
const local = new Intl.DateTimeFormat("sv", {
  timeZone: timeline.getAttribute("timezone"), dateStyle: "short", timeStyle: "medium",
});

function follow() {
  timeline.setAttribute("src", timeline.dataset.coverage.replace("0".repeat(32), camera.value));
}

timeline.addEventListener("pick", (event) => {
  start.value = local.format(event.detail).replace(" ", "T");
});
camera.addEventListener("change", follow);
if (camera.value) follow();
