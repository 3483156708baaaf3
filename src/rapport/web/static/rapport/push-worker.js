// The service worker: shows what was pushed, and opens what it is about. It caches nothing and sees no page.
"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let said = {};
  try { said = event.data.json(); } catch { /* not ours: something must be shown all the same */ }
  const { title = "Rapport", body = "", url = "/", tag } = said;
  event.waitUntil(self.registration.showNotification(title, { body, tag, icon: "/static/rapport/favicon.svg", data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url || "/", self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window" });
    const page = open.find((one) => new URL(one.url).pathname === url.pathname);
    return page ? page.focus() : self.clients.openWindow(url.href);
  })());
});
