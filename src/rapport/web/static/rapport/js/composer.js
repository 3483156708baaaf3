// The composer: counts as the network counts, marks a preview that is older than the words, sends with Ctrl+Enter. The server decides.
(() => {
  "use strict";
  const letters = window.Intl?.Segmenter && new Intl.Segmenter();
  const COUNT = {
    characters: (text) => [...text].length,
    graphemes: (text) => (letters ? [...letters.segment(text)].length : [...text].length),
    utf16: (text) => text.length,
    bytes: (text) => new TextEncoder().encode(text).length,
  };

  const ADDRESS = /(?<![\w@#/.])https?:\/\/[^\s<>"]+/gi, ENDS = /[.,!?;:'"…)\]}»”’]+$/;
  const HANDLE = /(?<![=/\w])@(\w+(?:[\w.-]*\w)?)@[\w.:-]*\w/g;

  function counted(text, {link, shortHandles}) { // some networks count every web address alike, and handles short
    const reserved = (found) => "x".repeat(Number(link)) + (found.match(ENDS)?.[0] ?? "");
    const linked = Number(link) ? text.replace(ADDRESS, reserved) : text;
    return shortHandles === undefined ? linked : linked.replace(HANDLE, "@$1");
  }

  function update(form) {
    const text = form.elements.text.value.replaceAll("\0", "").trim();
    const preview = form.querySelector("[data-preview]");
    if (preview) { // the server says how it will stand there, with the draft that it saves
      if (!text) preview.hidden = true;
      preview.dataset.stale = "";
    }
    count(form);
  }

  function answered(form) { // what was refused is being mended; a question stays until one of its buttons answers it
    if (form?.querySelector("[name=sure], button[name=aloud], button[name=split]:not([data-splits])")) return;
    form?.querySelector(":scope > .refusal[role=alert]")?.remove();
  }

  function count(form) {
    if (!form.dataset.limit) return;
    const text = form.elements.text.value.replaceAll("\0", "").trim();
    const size = Number(form.dataset.limit), used = COUNT[form.dataset.unit](counted(text, form.dataset)), over = used > size;
    const count = form.querySelector("[data-count]");
    const figure = (number) => number.toLocaleString(document.documentElement.lang);
    count.textContent = `${figure(used)} / ${figure(size)}`;
    count.classList.toggle("over", over);
    form.querySelector("[data-send]").toggleAttribute("aria-disabled", over);
    form.querySelector("[data-splits]")?.toggleAttribute("hidden", !over);
  }

  function begin() {
    const form = document.querySelector("[data-composer]");
    if (!form || form.dataset.begun) return;
    form.dataset.begun = "1";
    form.querySelector("[data-previews]")?.setAttribute("hidden", ""); // it is shown while one types
    if (form.elements.text.value) count(form);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-composer]");
    if (form) update(form);
    answered(event.target.form);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest("[data-composer], .note-form");
    if (form) (form.querySelector("[data-send]") || form.querySelector("button")).click(); // a click names the button
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const from = document.getElementById(button.dataset.copies);
    const words = "value" in from ? from.value : from.textContent;
    try {
      await navigator.clipboard.writeText(words);
    } catch { // no clipboard on plain http: select it, so that one key copies it
      if (from.select) from.select(); else getSelection().selectAllChildren(from);
      if (!document.execCommand("copy")) return;
    }
    const label = button.innerHTML;
    button.textContent = button.dataset.said;
    setTimeout(() => { button.innerHTML = label; }, 1500);
  });

  addEventListener("DOMContentLoaded", begin);
  document.addEventListener("htmx:afterSettle", begin);
})();
