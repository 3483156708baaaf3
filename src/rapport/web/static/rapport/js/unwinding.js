// An undo that is asked for by its key while a verb is under way waits until that is through: it takes back what was just done.
(() => {
  "use strict";
  let posting = 0, waiting = 0;
  const undo = () => document.querySelector("#unwind [data-key]");
  const isVerb = ({ requestConfig, target }) => requestConfig.verb === "post" && target?.id === "panes";

  document.addEventListener("keydown", (event) => { // before keys.js, which would press it at once
    if (!posting || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key !== undo()?.dataset.key || event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    waiting += 1;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("htmx:beforeRequest", (event) => { if (isVerb(event.detail) && !event.defaultPrevented) posting += 1; });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!isVerb(detail)) return;
    posting = Math.max(0, posting - 1);
    if (posting || !waiting) return;
    waiting = undo() ? waiting - 1 : 0;
    undo()?.click();
  });
})();
