// What is typed stays in this tab until the server has it: no dead network, reload or slip takes words away.
(() => {
  "use strict";
  const form = () => document.querySelector("[data-composer]");
  const place = (one) => `unsaved:${one.getAttribute("action")}`;
  const isDraft = (elt) => elt.id === "composer-text";

  function back() { // words that the server never got stand in the composer again, and are sent to it
    const one = form();
    if (!one || one.dataset.looked) return;
    one.dataset.looked = "1";
    const words = sessionStorage.getItem(place(one));
    if (words === null || words === one.elements.text.value) return;
    one.elements.text.value = words;
    one.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("input", ({ target }) => {
    if (isDraft(target)) sessionStorage.setItem(place(target.form), target.value);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const { elt, successful, requestConfig } = detail;
    if (isDraft(elt)) {
      const kept = document.getElementById("draft-kept");
      if (!successful && kept) kept.textContent = kept.dataset.unsaved;
      if (successful && requestConfig.parameters.text === elt.value && elt.form) sessionStorage.removeItem(place(elt.form));
    } else if (successful && elt.matches?.("[data-composer]")) sessionStorage.removeItem(place(elt)); // it has left, or it is kept
  });
  addEventListener("online", () => {
    const one = form();
    if (one && sessionStorage.getItem(place(one)) !== null) htmx.trigger(one.elements.text, "unsaved");
  });
  document.addEventListener("submit", ({ target }) => { // whoever signs out leaves nothing behind
    if (!target.matches("[action$='/logout/']")) return;
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("unsaved:")) sessionStorage.removeItem(key);
  });
  addEventListener("DOMContentLoaded", back);
  document.addEventListener("htmx:afterSettle", back);
})();
