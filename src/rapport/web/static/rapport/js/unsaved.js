// What is typed stays in this tab until the server has it: no dead network, reload or slip takes words away.
(() => {
  "use strict";
  const form = () => document.querySelector("[data-composer]");
  const place = (one) => `unsaved:${one.getAttribute("action")}`;
  const fieldPlace = (field) => `${place(field.form)}${field.name}`;
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

  function keep(field) {
    if (field.value) sessionStorage.setItem(fieldPlace(field), field.value); else sessionStorage.removeItem(fieldPlace(field));
  }

  function backInside() { // a note, a question to a colleague: begun here, left for another row, and begun no more than once
    for (const field of document.querySelectorAll("[data-keeps]:not([data-looked])")) {
      field.dataset.looked = "1";
      const words = sessionStorage.getItem(fieldPlace(field)) || "", given = field.value;
      if (!given) field.value = words; // a choice that is none any more stays unchosen
      else if (field.matches("textarea") && words && words !== given) field.value = `${given}\n\n${words}`;
      if (field.value) keep(field);
    }
    const here = new URL(location);
    if (!here.searchParams.has("noted")) return;
    here.searchParams.delete("noted"); // given back once: from now on what becomes of it in the field holds
    history.replaceState(history.state, "", here);
  }

  for (const name of ["input", "keyup"]) document.addEventListener(name, ({ target }) => {
    if (name === "input" && isDraft(target)) sessionStorage.setItem(place(target.form), target.value);
    if (target.matches?.("[data-keeps]")) keep(target);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const { elt, successful, requestConfig } = detail;
    if (isDraft(elt)) {
      const kept = document.getElementById("draft-kept");
      if (!successful && kept) kept.textContent = kept.dataset.unsaved;
      if (successful && requestConfig.parameters.text === elt.value && elt.form) sessionStorage.removeItem(place(elt.form));
    }
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => { // it has left or is kept; what was refused comes back with the page
    const sent = detail.requestConfig.elt;
    if (!detail.shouldSwap || !sent.matches?.("form")) return;
    if (sent.matches("[data-composer]")) sessionStorage.removeItem(place(sent));
    for (const field of sent.querySelectorAll("[data-keeps]")) sessionStorage.removeItem(fieldPlace(field));
  });
  addEventListener("online", () => {
    const one = form();
    if (one && sessionStorage.getItem(place(one)) !== null) htmx.trigger(one.elements.text, "unsaved");
  });
  document.addEventListener("submit", ({ target }) => { // whoever signs out leaves nothing behind
    if (!target.matches("[action$='/logout/']")) return;
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("unsaved:")) sessionStorage.removeItem(key);
  });
  addEventListener("DOMContentLoaded", () => { back(); backInside(); });
  document.addEventListener("htmx:afterSettle", () => { back(); backInside(); });
})();
