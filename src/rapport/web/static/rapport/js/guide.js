// The guided first minute points at what it speaks of, and goes on by itself when somebody does what it says.
(() => {
  "use strict";
  const DONE = { ".row": "htmx:afterSettle", ".why": "toggle", "#composer-text": "input" }; // by what a step points at
  const points = () => document.getElementById("guide")?.dataset.points;

  function point() {
    const wanted = points();
    const found = wanted ? document.querySelector(wanted) : null;
    for (const old of document.querySelectorAll(".pointed")) if (old !== found) old.classList.remove("pointed");
    found?.classList.add("pointed");
  }

  function done(event) {
    const wanted = points();
    if (DONE[wanted] !== event.type) return;
    const did = wanted === ".row" ? event.detail.elt.id === "panes" && document.querySelector("[data-conversation]") : event.target.closest?.(wanted);
    const here = document.activeElement;
    if (!did) return;
    document.getElementById("guide-next").click();
    document.addEventListener("htmx:afterSettle", () => here.focus({ preventScroll: true }), { once: true });
  }

  addEventListener("DOMContentLoaded", () => {
    point();
    document.body.addEventListener("htmx:afterSettle", point);
    for (const type of new Set(Object.values(DONE))) document.addEventListener(type, done, true);
  });
})();
