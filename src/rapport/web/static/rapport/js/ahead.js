// A row that somebody looks at is fetched ahead, and so is the next one while they read: opening it paints at once.
// What was fetched is used once, for a few seconds, and thrown away as soon as anything happens here or elsewhere.
(() => {
  "use strict";
  const LIVES = 10000, GLANCE = 60;
  const kept = new Map(); // path → { text: Promise, until }
  let glance = 0, step = 1, last = -1, turn = 0, asking = null; // whichever row was asked for last is the one that opens
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const saves = () => navigator.connection?.saveData;

  function fetched(path) {
    const one = kept.get(path);
    if (one && Date.now() < one.until) return one;
    kept.delete(path);
    return null;
  }

  function ahead(row) {
    const path = row?.getAttribute("hx-get");
    if (!path || fetched(path) || row.getAttribute("aria-current") || saves()) return;
    const asked = fetch(path, {
      credentials: "same-origin", redirect: "error",
      headers: { "HX-Request": "true", "HX-Target": "panes", "HX-Current-URL": location.href, "HX-Preloaded": "true" },
    });
    const text = asked.then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)));
    text.catch(() => kept.delete(path)); // then it is asked for again, and says itself what is wrong
    kept.set(path, { text, until: Date.now() + LIVES });
  }

  async function open(row, path, text) {
    const mine = turn;
    let words;
    try { words = await text; } catch { if (mine === turn) row.click(); return; } // nothing is kept now: this time htmx asks
    if (mine !== turn) return;
    const panes = document.getElementById("panes");
    const eventInfo = { target: panes, ahead: true };
    if (!history.state?.htmx) history.replaceState({ htmx: true }, "", location.href); // or the way back would show nothing new
    history.pushState({ htmx: true }, "", path);
    htmx.swap(panes, words, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 }, { eventInfo, contextElement: panes });
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    if (requestConfig.verb !== "get") { kept.clear(); return; }
    if (!elt.matches("[data-row]")) return;
    turn += 1;
    if (asking && asking !== elt) htmx.trigger(asking, "htmx:abort");
    asking = elt;
    const path = elt.getAttribute("hx-get"), one = fetched(path);
    const at = rows().indexOf(elt);
    step = last > at ? -1 : 1;
    last = at;
    if (!one) return;
    kept.delete(path);
    event.preventDefault();
    open(elt, path, one.text);
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.elt.id !== "panes") return;
    const all = rows(), at = all.findIndex((row) => row.getAttribute("aria-current"));
    if (at >= 0) setTimeout(() => ahead(all[at + step]), GLANCE);
  });

  document.addEventListener("rapport:hint", ({ detail }) => { if (detail.name !== "presence") kept.clear(); }, true);
  document.addEventListener("focusin", ({ target }) => { if (target.matches("[data-row]")) ahead(target); });
  document.addEventListener("pointerover", ({ target, pointerType }) => {
    const row = pointerType === "mouse" && target.closest("[data-row]");
    clearTimeout(glance);
    if (row) glance = setTimeout(() => ahead(row), GLANCE);
  }, { passive: true });
})();
