// Everything by keyboard. An element that has data-key="x" is what x does: pressed, opened or focused by what it is.
(() => {
  "use strict";
  const typing = (element) => element.closest?.("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  let going = 0;

  function move(step) {
    const all = rows(), here = document.activeElement.closest?.(".row")?.querySelector("[data-row]");
    const at = all.indexOf(here || document.querySelector("[data-row][aria-current]"));
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  function use(element) {
    if (element.matches("details")) {
      element.open = !element.open;
      if (element.open) element.querySelector("textarea, button, select")?.focus();
    } else if (typing(element)) {
      element.focus();
      element.select?.();
      if (element.matches("textarea")) element.setSelectionRange(element.value.length, element.value.length);
    } else element.click();
  }

  function leave() {
    const menu = document.querySelector("[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else document.activeElement.blur();
  }

  function why() {
    const all = document.querySelectorAll("#turns .why");
    const last = all[all.length - 1];
    if (!last) return;
    last.querySelector("summary").focus();
    last.querySelector("summary").click();
  }

  const DOES = {
    j: () => move(1),
    k: () => move(-1),
    o: () => (document.activeElement.closest("[data-row]") || document.querySelector("[data-row]"))?.click(),
    w: why,
    g: () => { going = Date.now(); },
    "?": () => document.getElementById("help")?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") { leave(); return; }
    if (typing(event.target)) return;
    if (event.key === "i" && Date.now() - going < 1500 && document.body.dataset.home) {
      location.assign(document.body.dataset.home);
      return;
    }
    const keyed = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]:not([hidden])`)].pop();
    if (!DOES[event.key] && !keyed) return;
    event.preventDefault();
    if (keyed) use(keyed); else DOES[event.key]();
  });

  document.addEventListener("click", (event) => {
    const focuses = event.target.closest("[data-focuses]");
    if (!focuses) return;
    event.preventDefault();
    document.getElementById(focuses.dataset.focuses)?.focus();
  });
})();
