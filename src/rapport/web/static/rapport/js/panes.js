// Opening a conversation beside the stream: the row is marked, the newest words are in view, what was open stays open.
(() => {
  "use strict";
  const opened = () => document.querySelector("[data-conversation]")?.dataset.conversation;

  let placing = false, before = opened(), follows = ""; // what was just taken back comes into view in the stream, too

  function toTheEnd() {
    const turns = document.getElementById("turns");
    if (!turns) return;
    const asked = location.hash.startsWith("#m") && document.getElementById(location.hash.slice(1));
    if (asked) { asked.scrollIntoView({ block: "center" }); return; }
    const here = new URL(location), older = /^#m([0-9]+)$/.exec(here.hash);
    if (older && here.pathname.includes("/c/") && !here.searchParams.has("from")) { // said before what is on this page
      here.searchParams.set("from", older[1]);
      location.replace(here);
      return;
    }
    const last = turns.lastElementChild;
    placing = true;
    turns.scrollTop = turns.scrollHeight; // the end, but never past the beginning of what was said last
    if (last && turns.children.length > 1 && last.getBoundingClientRect().top < turns.getBoundingClientRect().top) last.scrollIntoView();
    else if (matchMedia("(max-width: 49.99rem)").matches && turns.children.length > 1) last.scrollIntoView();
  }

  // A picture above that comes late would push the newest words away: until one scrolls, or something arrives, they stay.
  document.addEventListener("load", ({ target }) => { if (placing && target.closest?.("#turns")) toTheEnd(); }, true);
  for (const type of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    document.addEventListener(type, () => { placing = false; }, { capture: true, passive: true });
  }

  function settleIn(turns) { // the keys of a reader work here; a ring is for who comes by Tab
    if (!turns) return;
    turns.dataset.placed = "";
    turns.focus({ preventScroll: true });
    turns.addEventListener("blur", () => delete turns.dataset.placed, { once: true });
  }

  function markRow() {
    for (const row of document.querySelectorAll("[data-row]")) {
      if (row.parentElement.id === `row-${opened()}`) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    const stream = document.getElementById("stream");
    if (!stream) return;
    const where = new URL(stream.getAttribute("hx-get"), location.href);
    if (opened()) where.searchParams.set("open", opened()); else where.searchParams.delete("open");
    stream.setAttribute("hx-get", where.pathname + where.search);
  }

  document.addEventListener("htmx:beforeSwap", ({ detail }) => { // of menus of one name one is open: the old one would shut the new one
    if (detail.shouldSwap && detail.target.id === "panes") document.querySelector(".verbs [data-menu][open]")?.removeAttribute("open");
  });

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.elt.id === "stream" && follows === opened()) {
      document.querySelector("[data-row][aria-current]")?.scrollIntoView({ block: "nearest" });
      follows = "";
    }
    if (detail.elt.id === "turns") placing = false;
    if (!document.getElementById("panes") || detail.elt.id === "turns") return;
    markRow();
    if (detail.elt.id !== "panes") return;
    toTheEnd();
    const at = document.activeElement;
    const next = opened() !== before; // htmx puts the cursor back into the composer: of another conversation it must not
    before = opened();
    if (!at || at === document.body || (next && at.closest("#panes"))) settleIn(document.getElementById("turns"));
    document.querySelector(".verbs [data-menu][open] .note-form :is(textarea, select, input:not([type=hidden]))")?.focus(); // refused, or taken back
    const back = detail.requestConfig?.path.includes("/o/") && document.getElementById("composer-text")?.value; // an answer was taken back
    if (back || document.querySelector(".composer .refusal")) document.getElementById("composer-text").focus();
  });

  // Whatever was done to a conversation changes the stream: it asks again, without waiting for the hint.
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.requestConfig.verb === "post" && detail.successful && detail.target.id === "panes") {
      if (detail.requestConfig.elt.matches("[data-undo], #unwind")) follows = opened();
      document.getElementById("stream")?.dispatchEvent(new CustomEvent("refresh"));
    }
  });

  addEventListener("DOMContentLoaded", () => {
    before = opened();
    toTheEnd();
    const came = performance.getEntriesByType("navigation")[0]?.type; // the way back, too, is a page read anew
    if (came !== "navigate" && document.activeElement === document.body) document.querySelector("[data-row][aria-current]")?.focus({ preventScroll: true });
  });
})();
