// Who else is here: this page says now and again what it has open, and shows, calmly, where its colleagues are.
(() => {
  "use strict";
  const EVERY = 8000, STILL = 5000, HIDDEN = 300000;
  const page = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const way = () => document.querySelector("[data-presence]")?.dataset.presence;
  const opened = () => document.querySelector("[data-conversation]")?.dataset.conversation || "";
  const told = new Set(); // whose typing was announced, in which conversation: once, not at each keystroke
  let known = {}, typed = 0, noting = false, hidden = 0, said = "", soon = 0;

  function degree() {
    if (document.hidden) return "open";
    return Date.now() - typed >= STILL ? "viewing" : noting ? "noting" : "typing";
  }

  async function beat(leaving = false) {
    if (!way()) return;
    const body = new URLSearchParams({ page, conversation: leaving ? "" : opened(), degree: leaving ? "" : degree() });
    said = body.toString();
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
    const sent = fetch(way(), { method: "POST", body, keepalive: leaving, headers: { "X-CSRFToken": token } });
    await show(await sent.catch(() => null));
  }
  async function look() {
    soon = 0;
    if (way() && !document.hidden) await show(await fetch(way()).catch(() => null));
  }
  async function show(answer) {
    if (!answer || !answer.ok || answer.redirected) return;
    known = (await answer.json()).here;
    apply();
  }

  function apply() {
    const line = document.querySelector("[data-presence-line]"), there = known[opened()];
    if (line && line.textContent !== (there?.line || "")) {
      line.textContent = there?.line || "";
      line.hidden = !there;
    }
    for (const one of there?.who || []) {
      const key = `${opened()}.${one.id}`;
      if (one.typing && !told.has(key)) window.dispatchEvent(new CustomEvent("rapport:say", { detail: there.line }));
      if (one.typing) told.add(key);
    }
    for (const row of document.querySelectorAll("#stream .row")) mark(row, known[row.id.slice(4)]);
  }
  function mark(row, there) {
    const old = row.querySelector("[data-here]");
    if ((old?.title || "") === (there?.line || "")) return;
    old?.remove();
    if (!there) return;
    const here = document.createElement("span");
    here.className = there.who.some((one) => one.typing) ? "here typing" : "here";
    here.dataset.here = "";
    here.title = there.line;
    here.append(there.who[0].initials + (there.who.length > 1 ? `+${there.who.length - 1}` : ""));
    here.setAttribute("role", "img");
    here.setAttribute("aria-label", there.line);
    row.querySelector(".row-foot").append(here);
  }

  function changed() {
    const now = new URLSearchParams({ page, conversation: opened(), degree: degree() }).toString();
    if (now !== said) beat();
  }
  document.addEventListener("input", (event) => {
    if (!event.target.closest("[data-composer], .note-form")) return;
    typed = Date.now();
    noting = !event.target.closest("[data-composer]"); // a visitor hears of answers only
    changed();
    setTimeout(changed, STILL + 50);
  });
  document.addEventListener("rapport:hint", ({ detail }) => {
    if (["presence", "resync"].includes(detail.name) && !soon) soon = setTimeout(look, 200);
  }, true);
  document.addEventListener("htmx:afterSettle", () => { apply(); changed(); });
  document.addEventListener("visibilitychange", () => { hidden = Date.now(); changed(); });
  addEventListener("pagehide", () => beat(true));
  addEventListener("pageshow", () => beat());
  setInterval(() => { if (!document.hidden || Date.now() - hidden < HIDDEN) beat(); }, EVERY);
})();
