// Small plots above the table of days: how much was recorded, and how large it was.
import uPlot from "../vendor/uplot.mjs";

const plots = document.getElementById("plots");
const answer = await fetch(plots.dataset.source, { headers: { Accept: "application/json" } });
const all = answer.ok ? await answer.json() : {};

for (const place of plots.querySelectorAll(".plot")) {
  const one = all[place.dataset.camera];
  if (!one) continue;
  const options = {
    width: Math.max(240, place.clientWidth),
    height: 170,
    cursor: { show: false },
    scales: { "%": { range: [0, 100] }, kbps: { range: (_plot, _low, high) => [0, (high || 1) * 1.15] } },
    series: [
      {},
      { label: plots.dataset.percent, scale: "%", stroke: "#1f6b4a", width: 2, points: { show: true } },
      { label: plots.dataset.kbps, scale: "kbps", stroke: "#8a4b00", width: 1, dash: [4, 3] },
    ],
    axes: [{}, { scale: "%" }, { scale: "kbps", side: 1, grid: { show: false } }],
  };
  new uPlot(options, [one.days, one.percent, one.kbps], place);
}
plots.dataset.drawn = "yes";
