// What is said while one reads comes below, without moving anything: a bar says so, and whoever listens hears it once.
(() => {
  "use strict";
  const bar = () => document.querySelector("[data-below]");
  const bottom = () => Math.min(innerHeight, document.querySelector(".work")?.getBoundingClientRect().top ?? innerHeight);
  let first = "";

  function inView(turn) { return turn.getBoundingClientRect().top < bottom() - 24; }
  function show() {
    const turn = first && document.getElementById(first);
    if (!turn || inView(turn)) first = "";
    if (bar()) bar().hidden = !first;
  }

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "turns") return;
    const known = new Set([...detail.target.querySelectorAll(".turn")].map((turn) => turn.id));
    document.addEventListener("htmx:afterSwap", () => requestAnimationFrame(() => {
      const turns = document.getElementById("turns");
      if (!turns) return;
      const form = document.querySelector("[data-composer]"); // nothing written yet: then all of this was read before
      if (form && !form.elements.text.value.trim()) form.elements.seen.value = turns.dataset.mark;
      const fresh = [...turns.querySelectorAll(".turn")].filter((turn) => !known.has(turn.id));
      if (!known.size || !fresh.length) return;
      const theirs = fresh.find((turn) => turn.matches(".theirs"));
      if (theirs) window.dispatchEvent(new CustomEvent("rapport:say", { detail: bar()?.dataset.said || "" }));
      first = first && document.getElementById(first) ? first : fresh[0].id;
      show();
    }), { once: true });
  });

  document.addEventListener("scroll", () => { if (first) show(); }, { capture: true, passive: true });
  document.addEventListener("htmx:afterSettle", ({ detail }) => { if (detail.elt.id === "panes") { first = ""; show(); } });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-below]")) return;
    document.getElementById(first)?.scrollIntoView({ block: "nearest" });
    document.getElementById("turns")?.focus({ preventScroll: true });
    first = "";
    show();
  });
})();
