// Opening a conversation beside the stream: the row is marked, the newest words are in view, what was open stays open.
(() => {
  "use strict";
  const opened = () => document.querySelector("[data-conversation]")?.dataset.conversation;

  function toTheEnd() {
    const turns = document.getElementById("turns");
    if (!turns) return;
    const asked = location.hash.startsWith("#m") && document.getElementById(location.hash.slice(1));
    if (asked) asked.scrollIntoView({ block: "center" });
    else if (getComputedStyle(turns).overflowY === "auto") turns.scrollTop = turns.scrollHeight;
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

  // Turns that fetch themselves keep open what was open, and stay where one was reading.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "turns") return;
    const old = detail.target;
    const keep = [...old.querySelectorAll("details[data-keep][open]")].map((one) => one.id);
    const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 60;
    const top = old.scrollTop, focused = old.contains(document.activeElement) && document.activeElement.id;
    document.addEventListener("htmx:afterSwap", () => {
      const turns = document.getElementById("turns");
      keep.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
      turns.scrollTop = atEnd ? turns.scrollHeight : top;
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    }, { once: true });
  });

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (!document.getElementById("panes") || detail.elt.id === "turns") return;
    markRow();
    if (detail.elt.id !== "panes") return;
    toTheEnd();
    const lost = !document.activeElement || document.activeElement === document.body;
    if (lost) document.getElementById("turns")?.focus({ preventScroll: true });
    if (document.querySelector(".composer .refusal")) document.getElementById("composer-text").focus();
  });

  // Whatever was done to a conversation changes the stream: it asks again, without waiting for the hint.
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.requestConfig.verb === "post" && detail.successful && detail.target.id === "panes") {
      document.getElementById("stream")?.dispatchEvent(new CustomEvent("refresh"));
    }
  });

  addEventListener("DOMContentLoaded", toTheEnd);
})();
