// Tabs in one line: on a narrow screen they scroll, and the one that is open is in view.
(() => {
  "use strict";
  function show() {
    for (const tabs of document.querySelectorAll("[data-tabs]")) {
      const here = tabs.querySelector("[aria-current]");
      if (!here || tabs.scrollWidth <= tabs.clientWidth) continue;
      const box = tabs.getBoundingClientRect(), at = here.getBoundingClientRect();
      tabs.scrollLeft += at.left + at.width / 2 - (box.left + box.width / 2);
    }
  }
  addEventListener("DOMContentLoaded", show);
  document.addEventListener("htmx:afterSettle", show);
})();
