// How our pages use htmx: a refusal or a broken line becomes a toast, and nothing that was typed is lost.
(() => {
  "use strict";
  document.documentElement.classList.add("js");

  function toast(words, link = null) {
    const place = document.getElementById("toasts");
    if (!place || !words || [...place.querySelectorAll("p")].some((line) => line.textContent === words)) return;
    const box = document.createElement("div");
    box.className = "toast warn";
    box.dataset.toast = "";
    const line = document.createElement("p");
    line.textContent = words;
    box.append(line);
    if (link) box.append(link);
    place.append(box);
  }

  function way() {
    const link = document.createElement("a");
    link.href = document.getElementById("toasts").dataset.signIn;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = document.getElementById("toasts").dataset.signInWords;
    return link;
  }

  // Without a network the page says so for as long as it lasts, instead of looking alive.
  const lost = () => document.documentElement.toggleAttribute("data-offline", !navigator.onLine);
  for (const name of ["online", "offline", "DOMContentLoaded"]) addEventListener(name, lost);

  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    const plain = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    toast(plain ? xhr.responseText.slice(0, 300) : `${xhr.status} ${xhr.statusText}`, xhr.status === 401 ? way() : null);
  });
  document.addEventListener("htmx:sendError", (event) => {
    const { verb, elt } = event.detail.requestConfig, { broke, brokeTyped } = document.getElementById("toasts")?.dataset || {};
    const typed = [...(elt.closest?.("form")?.querySelectorAll("textarea") || [])].some((field) => field.value.trim());
    if (verb !== "get" && elt.id !== "composer-text") toast(typed ? brokeTyped : broke);
  });

  // A form in the middle of being sent is not sent a second time.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (!form || event.detail.elt !== form) return;
    if (form.dataset.sending) event.preventDefault();
    form.dataset.sending = "1";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.matches?.("form")) delete event.detail.elt.dataset.sending;
  });
})();
