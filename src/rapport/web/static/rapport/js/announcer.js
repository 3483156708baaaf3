// What a screen reader is told politely, once: window.dispatchEvent(new CustomEvent("rapport:say", { detail: words })).
(() => {
  "use strict";
  addEventListener("DOMContentLoaded", () => {
    const place = document.createElement("p"); // it must stand there before the words come, or they are not read
    place.className = "unseen";
    place.id = "announcer";
    place.setAttribute("role", "status");
    document.body.append(place);
    addEventListener("rapport:say", ({ detail }) => { place.textContent = detail; });
  });
})();
