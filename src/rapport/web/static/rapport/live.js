// Live hints: one connection per browser. Tabs elect a leader (Web Locks) that listens; the others hear it by
// BroadcastChannel. <body data-live-ticket="URL" data-live-seen="ID"> turns it on; the URL answers {"ticket": "…"}.
// A hint becomes "rapport:hint" on <body> (detail: {name, id, subject…}), and "refresh" on every element whose
// data-refresh-on holds its name, or name:subject ("conversation:12 messages").
(() => {
  "use strict";
  const EVERY = 15000, ASKS = 5000, TOGETHER = 300, LONGEST = 30000;
  const due = new WeakMap();
  let last = 0, unseen = false, channel = null, tickets = "";
  let term = 0, terms = 0, silent = 0, over = false; // term: which time of leading this is; 0: another tab leads

  // Hints that come together ask once; the first sets the time, so that a steady stream cannot put it off for ever.
  function refresh(element) {
    if (!due.has(element)) due.set(element, setTimeout(() => {
      due.delete(element);
      if (element.isConnected) element.dispatchEvent(new CustomEvent("refresh"));
    }, TOGETHER));
  }

  function hear(hint) {
    if (hint.id) last = hint.id;
    document.body.dispatchEvent(new CustomEvent("rapport:hint", { detail: hint }));
    if (document.hidden) { unseen = true; return; } // asked for when somebody looks again
    for (const element of document.querySelectorAll("[data-refresh-on]")) {
      const names = [hint.name, `${hint.name}:${hint.subject}`];
      const fits = element.dataset.refreshOn.split(/\s+/).some((name) => names.includes(name));
      if (fits || hint.name === "resync") refresh(element);
    }
  }
  function tell(hint) { hear(hint); channel.postMessage(hint); }

  // Tabs ask the leader where it is: whoever is behind asks for everything anew. A leader that does not answer is dead.
  function heard({ data }) {
    if (data.asks) { if (term) channel.postMessage({ at: last }); }
    else if (!("at" in data)) hear(data);
    else if ((silent = 0, data.at > last)) hear({ name: "resync", id: data.at });
  }
  function ask() {
    if (term || over || document.hidden) return;
    if (++silent > 2) { silent = 0; stand({ steal: true }); }
    channel.postMessage({ asks: true });
  }

  // Listens until the stream breaks; true if it was ever open.
  function listen(ticket) {
    return new Promise((broken) => {
      const source = new EventSource(`/live?ticket=${encodeURIComponent(ticket)}&last=${last || ""}`);
      let greeted = false;
      const end = () => { source.close(); broken(greeted); };
      source.addEventListener("hello", (event) => { greeted = true; last = last || Number(event.lastEventId); });
      source.addEventListener("hint", (event) => tell({ ...JSON.parse(event.data), id: Number(event.lastEventId) }));
      source.addEventListener("resync", (event) => tell({ name: "resync", id: Number(event.lastEventId) }));
      source.onerror = end; // its own second try would show a ticket that is too old
      for (const why of ["rapport:woke", "rapport:retired"]) addEventListener(why, end, { once: true });
    });
  }

  async function lead() {
    const mine = term = ++terms;
    for (let wait = 1000; mine === term; wait = Math.min(wait * 2, LONGEST)) {
      const answer = await fetch(tickets, { cache: "no-store" }).catch(() => null);
      if (mine !== term) return;
      if (answer && (answer.redirected || [401, 403, 404].includes(answer.status))) { over = true; break; } // not ours to hear
      if (answer && answer.ok && await listen((await answer.json()).ticket)) wait = 500;
      else tell({ name: "resync" }); // nothing live gets through: then at least ask now and again
      if (mine === term) await new Promise((go) => setTimeout(go, wait * (0.75 + Math.random() / 2)));
    }
    if (mine === term) term = 0;
  }
  // Waits to lead, or takes over from a tab that sleeps; who is taken over from waits again, and asks what it missed.
  function stand(how = {}) {
    navigator.locks.request(`rapport-live-${tickets}`, how, lead).catch(retire).then(() => { if (!over) stand(); });
  }
  function retire() {
    term = 0;
    dispatchEvent(new Event("rapport:retired"));
    hear({ name: "resync" });
  }

  function begin() {
    tickets = document.body.dataset.liveTicket;
    if (!tickets) return;
    last = Number(document.body.dataset.liveSeen) || 0;
    const resync = () => hear({ name: "resync" });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && unseen) { unseen = false; resync(); } });
    addEventListener("rapport:woke", resync);
    if (!navigator.locks || !window.BroadcastChannel) { setInterval(resync, EVERY); return; }
    channel = new BroadcastChannel(`rapport-live-${tickets}`);
    channel.onmessage = heard;
    channel.postMessage({ asks: true });
    stand();
    setInterval(ask, ASKS);
    addEventListener("rapport:woke", ask);
    document.addEventListener("freeze", () => { if (term) retire(); }); // its lead() ends, and with it the lock
  }

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin); else begin();
})();
