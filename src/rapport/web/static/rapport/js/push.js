// Push to this browser: asked for by a click, never by itself. <section data-push="URL" data-push-key data-push-worker>
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  async function begin(place) {
    const said = place.querySelector("[data-push-said]");
    const on = place.querySelector("[data-push-on]"), off = place.querySelector("[data-push-off]");
    if (!navigator.serviceWorker || !window.PushManager) { said.textContent = said.dataset.none; return; }
    const worker = await navigator.serviceWorker.register(place.dataset.pushWorker);

    function post(fields) {
      const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
      return fetch(place.dataset.push, { method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token } });
    }
    async function show(words = "") {
      const there = await worker.pushManager.getSubscription();  // may be that of somebody who signed out
      const kept = there && (await (await post({ endpoint: there.endpoint, ask: "1" })).json()).on;
      on.hidden = Boolean(kept);
      off.hidden = !kept;
      said.textContent = words || (kept ? said.dataset.on : "");
    }
    on.addEventListener("click", async () => {
      if (await Notification.requestPermission() !== "granted") { said.textContent = said.dataset.denied; return; }
      try {
        const key = bytes(place.dataset.pushKey);
        const kept = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
        const answer = await post({ endpoint: kept.endpoint, key: text(kept.getKey("p256dh")), secret: text(kept.getKey("auth")) });
        if (!answer.ok) { await kept.unsubscribe(); throw new Error(await answer.text()); }
        await show();
      } catch { await show(said.dataset.failed); }
    });
    off.addEventListener("click", async () => {
      const kept = await worker.pushManager.getSubscription();
      if (kept) { await post({ endpoint: kept.endpoint, remove: "1" }); await kept.unsubscribe(); }
      await show();
    });
    await show();
  }

  addEventListener("DOMContentLoaded", () => {
    const place = document.querySelector("[data-push]");
    if (place) begin(place).catch(() => { const said = place.querySelector("[data-push-said]"); said.textContent = said.dataset.none; });
  });
})();
