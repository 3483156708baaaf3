// Choosing rows: x takes the row that has the focus, shift takes all between; what is chosen outlives a refresh.
(() => {
  "use strict";
  const boxes = () => [...document.querySelectorAll("[data-pick]")];
  const chosen = () => boxes().filter((box) => box.checked);
  let last = "";

  function show() {
    const place = document.querySelector("[data-chosen]"), many = chosen().length;
    if (place && document.querySelector("[data-every]:checked")) place.textContent = place.dataset.all;
    else if (place && many) place.textContent = many === 1 ? place.dataset.one : place.dataset.many.replace("%n", many);
  }

  function range(box) {
    const all = boxes(), from = all.findIndex((one) => one.value === last), to = all.indexOf(box);
    if (from < 0) return;
    for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = box.checked;
  }

  document.addEventListener("change", (event) => { if (event.target.matches("[data-every]")) show(); });

  document.addEventListener("submit", ({ target }) => { // what is read beside them stays open
    if (target.id === "bulk") target.elements.open.value = document.querySelector("[data-conversation]")?.dataset.conversation || "";
  });

  document.addEventListener("keydown", (event) => { // Enter in a field of a panel does what the panel is for
    if (event.key !== "Enter" || !event.target.matches("#bulk .menu-panel :is(input, select)")) return;
    event.preventDefault();
    event.target.closest(".menu-panel").querySelector("button").click();
  });

  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-pick]");
    if (!box) return;
    if (event.shiftKey) range(box);
    last = box.value;
    show();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "x" && event.key !== "X") return;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const row = document.activeElement.closest?.(".row") || document.querySelector("[data-row][aria-current]")?.closest(".row");
    const box = row?.querySelector("[data-pick]");
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    if (event.shiftKey) range(box);
    last = box.value;
    show();
  });

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "stream") return;
    const kept = new Set(chosen().map((box) => box.value)), every = document.querySelector("[data-every]:checked");
    document.addEventListener("htmx:afterSwap", () => {
      for (const box of boxes()) box.checked = kept.has(box.value);
      if (every && chosen().length) document.querySelector("[data-every]").checked = true;
      show();
    }, { once: true });
  });
})();
