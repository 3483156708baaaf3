// Everything by keyboard. An element that has data-key="x" is what x does: pressed, opened or focused by what it is.
// Which keys move about stands in the list behind "?" (made of web/keys.py). None works while one types, or with Ctrl & Co.
(() => {
  "use strict";
  const field = (element) => element.closest?.("input, textarea, select, [contenteditable]");
  const PRESSED = ["radio", "checkbox", "button", "submit", "file"]; // no word is typed there
  const typing = (element) => field(element) && !PRESSED.includes(element.type);
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const openMenu = () => document.querySelector(".verbs [data-menu][open]");
  let went = 0;

  function move(step) {
    const at_ = document.activeElement, all = rows(), here = at_.closest?.("[data-row]") || at_.closest?.(".row")?.querySelector("[data-row]");
    const at = all.indexOf(here || document.querySelector("[data-row][aria-current]"));
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  function use(element) {
    if (element.matches("details")) {
      element.open = !element.open;
      if (element.open) element.querySelector("textarea, .menu-panel button, select, input:not([type=hidden])")?.focus();
    } else if (field(element)) {
      element.focus();
      element.select?.();
      if (element.matches("textarea")) element.setSelectionRange(element.value.length, element.value.length);
    } else element.click();
  }

  const DOES = {
    next: () => move(1),
    previous: () => move(-1),
    open: () => (document.activeElement.closest("[data-row]") || document.querySelector("[data-row]"))?.click(),
    help: () => document.getElementById("help")?.showModal(),
    read: (press) => {
      const turns = document.getElementById("turns");
      turns?.scrollBy({ top: (press === "PageUp" ? -0.85 : 0.85) * turns.clientHeight });
    },
    choose: () => {}, // bulk.js listens for itself: it needs to know of shift
    leave: () => {
      const menu = document.querySelector("[data-menu][open]");
      if (!menu) { document.activeElement.blur(); return; }
      menu.open = false;
      menu.querySelector("summary").focus();
    },
    why: () => {
      const last = [...document.querySelectorAll("#turns .why > summary")].pop();
      last?.focus();
      last?.click();
    },
  };
  const does = (press) => [...document.querySelectorAll("#help [data-does]")]
    .find((one) => one.dataset.presses.split(",").includes(press))?.dataset.does;

  function found(press) {
    const many = document.querySelector("[data-pick]:checked") && document.querySelector(`[data-many-key="${CSS.escape(press)}"]`);
    if (many) return many; // rows are chosen: the verb is for all of them
    if (/^[1-9]$/.test(press)) return openMenu()?.querySelectorAll("li button")[press - 1]; // a choice of the open menu
    return [...document.querySelectorAll(`[data-key~="${CSS.escape(press)}"]:not([hidden])`)].pop();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    const press = event.key === "Escape" ? "Esc" : event.key;
    if (press !== "Esc" && typing(event.target)) return;
    if (press.startsWith("Page") && !document.getElementById("turns")) return; // then the page itself is what one reads
    if (press === "Enter" && document.activeElement !== document.body) return; // what has the focus knows what to do
    const goes = Date.now() - went < 1500 && does(`g ${press}`);
    went = press === "g" ? Date.now() : 0;
    const keyed = !goes && found(press), act = goes || does(press);
    if (!keyed && !act) return;
    event.preventDefault();
    if (keyed) use(keyed);
    else if (act.startsWith("go:")) location.assign(document.body.dataset[act.slice(3)]);
    else DOES[act](press);
  });

  document.addEventListener("click", (event) => {
    const focuses = event.target.closest("[data-focuses]");
    if (!focuses) return;
    event.preventDefault();
    document.getElementById(focuses.dataset.focuses)?.focus();
  });
})();
