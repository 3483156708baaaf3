// Where an opened conversation stands: at its newest words, or at the message that a link asks for.
(() => {
  "use strict";
  let placing = false;

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

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.elt.id === "turns") placing = false;
    if (detail.elt.id === "panes") toTheEnd();
  });
  addEventListener("DOMContentLoaded", toTheEnd);
})();
