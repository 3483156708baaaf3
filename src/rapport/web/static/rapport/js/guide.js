// The guided first minute points at what it speaks of. What is outlined stays where it is: nothing is covered or moved.
(() => {
  "use strict";

  function point() {
    const guide = document.getElementById("guide");
    const wanted = guide?.dataset.points;
    const found = wanted ? document.querySelector(wanted) : null;
    for (const old of document.querySelectorAll(".pointed")) if (old !== found) old.classList.remove("pointed");
    found?.classList.add("pointed");
  }

  addEventListener("DOMContentLoaded", () => {
    point();
    document.body.addEventListener("htmx:afterSettle", point);
  });
})();
