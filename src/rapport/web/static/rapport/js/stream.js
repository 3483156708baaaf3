// Rows that arrive never move what one is looking at: the first row in view stays where it is, a bar says what is above.
(() => {
  "use strict";
  const scroller = () => document.querySelector("#stream [data-scroll]");
  const rows = () => [...document.querySelectorAll("#stream .row")];
  const pageScrolls = () => scroller() && getComputedStyle(scroller()).overflowY !== "auto";
  let fresh = new Set(), announced = false;

  function show() {
    const bar = document.querySelector("[data-arrived]");
    const above = [...fresh].filter((id) => document.getElementById(id)).length;
    if (!bar) return;
    const appears = bar.hidden && above;
    bar.hidden = !above;
    bar.textContent = above === 1 ? bar.dataset.one : bar.dataset.many.replace("%n", above);
    const silent = announced && above; // the bar stands there anew after each fetch: it is said when the first one comes
    announced = above > 0;
    if (appears && !silent) window.dispatchEvent(new CustomEvent("rapport:say", { detail: bar.textContent }));
  }

  function seen() {
    const box = scroller();
    if (!box || !fresh.size) return;
    const edge = box.getBoundingClientRect().top;
    for (const id of fresh) {
      const row = document.getElementById(id);
      if (!row || row.getBoundingClientRect().bottom > edge + 8) fresh.delete(id);
    }
    show();
  }

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "stream") return;
    const box = scroller(), edge = box.getBoundingClientRect().top;
    const known = new Set(rows().map((row) => row.id));
    const anchor = rows().find((row) => row.getBoundingClientRect().bottom > edge + 1);
    const place = anchor && { id: anchor.id, top: anchor.getBoundingClientRect().top };
    const old = box.scrollTop, focused = document.activeElement?.closest?.("#stream .row")?.id;
    document.addEventListener("htmx:afterSwap", () => {
      const stays = place && document.getElementById(place.id);
      const now = scroller();
      if (stays && known.size) now.scrollTop += stays.getBoundingClientRect().top - place.top;
      else now.scrollTop = old;
      if (pageScrolls() && stays) scrollBy(0, stays.getBoundingClientRect().top - place.top);
      const open = `row-${document.getElementById("conversation")?.dataset.conversation}`; // read just now, or taken back
      const at = rows().findIndex((row) => row.id === place?.id);
      rows().slice(0, Math.max(0, at)).filter((row) => !known.has(row.id) && row.id !== open).forEach((row) => fresh.add(row.id));
      now.addEventListener("scroll", seen, { passive: true });
      if (focused) document.querySelector(`#${focused} a`)?.focus({ preventScroll: true });
      show();
    }, { once: true });
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-arrived]")) return;
    fresh = new Set();
    show();
    scroller().scrollTo({ top: 0 });
    if (pageScrolls()) scrollTo({ top: 0 });
    rows()[0]?.querySelector("a").focus();
  });
})();
