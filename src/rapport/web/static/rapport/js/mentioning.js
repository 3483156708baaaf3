// "@Da" in a note offers the colleagues whose name goes on like that: arrows choose, Enter or Tab takes, Escape leaves.
(() => {
  "use strict";
  let field = null, start = -1, at = 0;
  const names = () => [...document.querySelectorAll("#colleague-names option")].map((one) => one.value);
  const list = () => document.getElementById("naming");
  const folded = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

  function wanted(area) {
    const before = area.value.slice(0, area.selectionStart);
    const place = before.lastIndexOf("@");
    if (place < 0 || before.length - place > 40 || /[\w.]$/.test(before.slice(0, place))) return [];
    const begun = folded(before.slice(place + 1));
    if (/\n/.test(begun)) return [];
    start = place;
    const found = names().filter((name) => folded(name).startsWith(begun) || folded(name).split(" ").some((part) => part.startsWith(begun)));
    return found.length === 1 && folded(found[0]) === begun ? [] : found.slice(0, 6);
  }

  function close() {
    list()?.remove();
    field?.removeAttribute("aria-activedescendant");
    field?.removeAttribute("aria-controls");
    field = null;
  }

  function mark() {
    [...list().children].forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
    field.setAttribute("aria-activedescendant", `naming-${at}`);
  }

  function show(area) {
    const found = wanted(area);
    close();
    if (!found.length) return;
    field = area;
    at = 0;
    const box = document.createElement("ul");
    Object.assign(box, { id: "naming", className: "naming" });
    box.setAttribute("role", "listbox");
    box.setAttribute("aria-label", document.getElementById("colleague-names").dataset.label);
    box.append(...found.map((name, place) => {
      const one = document.createElement("li");
      Object.assign(one, { id: `naming-${place}`, textContent: name, dir: "auto" });
      one.setAttribute("role", "option");
      return one;
    }));
    area.after(box);
    area.setAttribute("aria-controls", "naming");
    mark();
  }

  function take(name) {
    field.setRangeText(`@${name} `, start, field.selectionStart, "end");
    close();
  }

  document.addEventListener("input", ({ target }) => { if (target.matches("[data-names]")) show(target); });
  document.addEventListener("focusout", ({ target }) => { if (target === field) setTimeout(close, 150); }); // a click comes first
  document.addEventListener("mousedown", (event) => {
    const one = event.target.closest("#naming li");
    if (one) { event.preventDefault(); take(one.textContent); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== field || !list()) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], many = list().children.length;
    if (step) { at = (at + step + many) % many; mark(); }
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") take(list().children[at].textContent);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
})();
