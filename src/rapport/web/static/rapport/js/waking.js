// A page that slept (a closed lid, a frozen tab, a lost network) says "rapport:woke": the stream behind it may be dead,
// timers stood still, and what other tabs passed on was not heard. live.js then connects anew and asks for everything.
(() => {
  "use strict";
  const TICK = 15000, ASLEEP = 150000, AWAY = 30000;
  let ticked = Date.now(), hidden = 0;
  const woke = () => { ticked = Date.now(); dispatchEvent(new Event("rapport:woke")); };

  setInterval(() => { // the clock jumped by more than the minute that a hidden tab's timers may wait
    if (Date.now() - ticked > ASLEEP) woke();
    ticked = Date.now();
  }, TICK);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hidden = Date.now();
    else if (hidden && Date.now() - hidden > AWAY) woke();
  });
  document.addEventListener("resume", woke);
  addEventListener("online", woke);
  addEventListener("pageshow", (event) => { if (event.persisted) woke(); });
})();
