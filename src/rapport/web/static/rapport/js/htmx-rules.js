// How our pages use htmx: a refusal or a broken line becomes a toast, and nothing that was typed is lost.
(() => {
  "use strict";
  document.documentElement.classList.add("js");

  function toast(words) {
    const place = document.getElementById("toasts");
    if (!place || !words) return;
    const box = document.createElement("div");
    box.className = "toast warn";
    box.dataset.toast = "";
    const line = document.createElement("p");
    line.textContent = words;
    box.append(line);
    place.append(box);
  }

  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    const plain = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    toast(plain ? xhr.responseText.slice(0, 300) : `${xhr.status} ${xhr.statusText}`);
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (event.detail.requestConfig.verb !== "get") toast("The connection broke. What you typed is still here: try again.");
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
