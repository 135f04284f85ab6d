// Draws over the picture who is looking at it and when, so that a photograph of the screen says so.

/** @param {HTMLElement} screen element with `data-viewer`, `data-timezone`, perhaps `data-case`; holds `.looker` lines */
export function drawLooker(screen) {
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: screen.dataset.timezone, dateStyle: "short", timeStyle: "medium",
  });
  const draw = () => {
    const text = [screen.dataset.viewer, screen.dataset.case, clock.format(Date.now())].filter(Boolean).join(" ");
    for (const line of screen.querySelectorAll(".looker")) line.textContent = text;
  };
  draw();
  return setInterval(draw, 1000);
}

/** Full screen of the whole frame, so that the name stays over the picture. */
export function toggleFullScreen(screen) {
  if (document.fullscreenElement) document.exitFullscreen();
  else screen.requestFullscreen?.();
}

/** Take the picture away and forget what is buffered. */
export function dropPicture(screen, word) {
  const video = screen.querySelector("video");
  video.pause();
  video.removeAttribute("src");
  video.load();
  screen.classList.add("dark");
  const said = screen.querySelector(".said");
  said.textContent = word;
  said.hidden = false;
}
