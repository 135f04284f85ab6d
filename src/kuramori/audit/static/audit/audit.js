// How far the making of the file is; when it is done the page is asked for anew.
const ASK_MS = 700;

async function ask(section) {
  const answer = await fetch(section.dataset.auditProgress, { cache: "no-store" }).catch(() => null);
  const said = answer?.ok ? await answer.json() : { state: "making", percent: 0 };
  section.querySelector("progress").value = said.percent;
  if (said.state === "making") setTimeout(() => ask(section), ASK_MS);
  else location.reload();
}

const waiting = document.querySelector("[data-audit-progress]");
if (waiting) ask(waiting);
