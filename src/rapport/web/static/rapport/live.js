// Live hints: one connection per browser. Tabs elect a leader (Web Locks) that listens; the others hear it by
// BroadcastChannel. <body data-live-ticket="URL" data-live-seen="ID"> turns it on; the URL answers {"ticket": "…"}.
// A hint becomes "rapport:hint" on <body> (detail: {name, id, subject…}), and "refresh" on every element whose
// data-refresh-on holds its name, or name:subject ("conversation:12 messages").
(() => {
  "use strict";
  const EVERY = 15000, TOGETHER = 300, LONGEST = 30000, ASLEEP = 150000;
  const due = new WeakMap();
  let last = 0, unseen = false, leading = false, channel = null;

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

  // A newer tab asks where we are; whoever is behind asks for everything anew.
  function heard({ data }) {
    if (data.asks) { if (leading && last) channel.postMessage({ at: last }); }
    else if (!data.at) hear(data);
    else if (data.at > last) hear({ name: "resync", id: data.at });
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
      addEventListener("rapport:woke", end, { once: true });
    });
  }

  async function lead(tickets) {
    leading = true;
    for (let wait = 1000; ; wait = Math.min(wait * 2, LONGEST)) {
      const answer = await fetch(tickets, { cache: "no-store" }).catch(() => null);
      if (answer && (answer.redirected || [401, 403, 404].includes(answer.status))) return; // no longer ours to hear
      if (answer && answer.ok && await listen((await answer.json()).ticket)) wait = 500;
      else tell({ name: "resync" }); // nothing live gets through: then at least ask now and again
      await new Promise((go) => setTimeout(go, wait * (0.75 + Math.random() / 2)));
    }
  }

  function begin() {
    const { liveTicket: tickets, liveSeen: seen } = document.body.dataset;
    if (!tickets) return;
    last = Number(seen) || 0;
    const resync = () => hear({ name: "resync" });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && unseen) { unseen = false; resync(); } });
    addEventListener("pageshow", (event) => { if (event.persisted) resync(); });
    if (!navigator.locks || !window.BroadcastChannel) { setInterval(resync, EVERY); return; }
    let ticked = Date.now();
    setInterval(() => { // the clock jumped (by more than a hidden tab's minute): the machine slept, the line may be dead
      if (Date.now() - ticked > ASLEEP) { dispatchEvent(new Event("rapport:woke")); resync(); }
      ticked = Date.now();
    }, EVERY);
    channel = new BroadcastChannel(`rapport-live-${tickets}`);
    channel.onmessage = heard;
    channel.postMessage({ asks: true });
    navigator.locks.request(`rapport-live-${tickets}`, () => lead(tickets));
  }

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin); else begin();
})();
