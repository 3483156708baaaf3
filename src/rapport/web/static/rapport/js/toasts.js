// Toasts go after ten seconds, unless somebody is at them; a held answer counts down.
(() => {
  "use strict";
  const LIVES = 10000;

  function tend() {
    for (const toast of document.querySelectorAll("[data-toast]:not([data-tended])")) {
      toast.dataset.tended = "1";
      const go = () => {
        if (toast.matches(":hover, :focus-within")) setTimeout(go, 2000);
        else toast.remove();
      };
      setTimeout(go, LIVES);
    }
  }

  function count() {
    for (const place of document.querySelectorAll("[data-countdown]")) {
      const left = Math.ceil((new Date(place.dataset.countdown) - Date.now()) / 1000);
      place.textContent = left > 0 ? place.dataset.words.replace("%n", left) : place.dataset.over;
      if (left <= 0) place.closest(".fate")?.querySelector("form")?.setAttribute("hidden", "");
    }
  }

  addEventListener("DOMContentLoaded", () => {
    tend();
    new MutationObserver(tend).observe(document.body, { childList: true, subtree: true });
    setInterval(count, 500);
  });

  // Menus: one open at a time; they close on a click elsewhere and after a choice.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const opens = event.target.closest("[data-opens]");
    if (opens) document.getElementById(opens.dataset.opens).showModal();
  });

  // A menu that asks for something has the cursor where it asks; one that offers choices does not: a figure chooses there.
  document.addEventListener("toggle", ({ target }) => {
    if (!target.open || !target.matches?.("[data-menu]") || target.querySelector(".menu-panel li button")) return;
    if (target.contains(document.activeElement)) {
      target.querySelector(".menu-panel :is(textarea, select, input:not([type=hidden], [type=checkbox]))")?.focus();
    }
  }, true);

  // Reasons that somebody opens come into view, not behind the composer.
  document.addEventListener("click", (event) => {
    const why = event.target.closest(".why > summary")?.parentElement;
    if (why) requestAnimationFrame(() => { if (why.open) why.scrollIntoView({ block: "nearest" }); });
  });
})();
