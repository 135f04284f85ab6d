// The menu's drawers close by Escape, by a click elsewhere, and when the keyboard leaves them.
const drawers = document.querySelectorAll(".drawer");
const close = (but) => { for (const one of drawers) if (one !== but) one.open = false; };

addEventListener("click", (event) => close(event.target.closest(".drawer")));
addEventListener("focusin", (event) => close(event.target.closest(".drawer")));
addEventListener("keydown", (event) => {
  const open = document.querySelector(".drawer[open]");
  if (event.key !== "Escape" || !open) return;
  event.preventDefault();
  open.open = false;
  open.querySelector("summary").focus();
});
