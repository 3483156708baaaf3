// Opening a conversation beside the stream: the row is marked, the reader's keys work in it, what was open stays open.
(() => {
  "use strict";
  const opened = () => document.querySelector("[data-conversation]")?.dataset.conversation;

  let before = opened(), follows = ""; // what was just taken back comes into view in the stream, too

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
    if (!document.getElementById("panes") || detail.elt.id === "turns") return;
    markRow();
    if (detail.elt.id !== "panes") return;
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
    const came = performance.getEntriesByType("navigation")[0]?.type; // the way back, too, is a page read anew
    if (came !== "navigate" && document.activeElement === document.body) document.querySelector("[data-row][aria-current]")?.focus({ preventScroll: true });
  });
})();
