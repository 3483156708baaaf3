// An undo that is asked for by its key while a verb is under way waits until that is through: it takes back what was just done.
(() => {
  "use strict";
  const waiting = [];
  let posting = 0;
  const undoes = (press) => document.getElementById("unwind")?.querySelector(`[data-key~="${CSS.escape(press)}"]`);
  const isVerb = ({ requestConfig, target }) => requestConfig.verb === "post" && target?.id === "panes";

  document.addEventListener("keydown", (event) => { // before keys.js, which would press it at once
    if (!posting || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]") || !undoes(event.key)) return;
    waiting.push(event.key);
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("htmx:beforeRequest", (event) => { if (isVerb(event.detail) && !event.defaultPrevented) posting += 1; });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!isVerb(detail)) return;
    posting = Math.max(0, posting - 1);
    if (posting || !waiting.length) return;
    document.dispatchEvent(new KeyboardEvent("keydown", { key: waiting.shift(), cancelable: true }));
    if (!posting) waiting.length = 0; // there was nothing to take back
  });
})();
