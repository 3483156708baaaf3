// Files for an answer: chosen, pasted or dropped. A picture too large for the network is made smaller here; the server decides.
(() => {
  "use strict";
  const SHRINKS = ["image/jpeg", "image/png", "image/webp"], EDGES = [4096, 2560, 2048, 1600, 1200, 800];
  const composer = (event) => event.target.closest?.("[data-composer]");
  const field = (event) => composer(event)?.querySelector("[data-files]");

  async function fitting(file, most) {
    const picture = file.size > most && SHRINKS.includes(file.type) && await createImageBitmap(file).catch(() => null);
    for (const edge of picture ? EDGES : []) {
      const scale = Math.min(1, edge / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff"; // what was transparent
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((made) => canvas.toBlob(made, "image/jpeg", 0.88));
      if (blob?.size <= most) return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: blob.type });
    }
    return file;
  }

  async function bring(into, files) {
    const bag = new DataTransfer(), smaller = [];
    for (const file of [...files]) {
      const fits = await fitting(file, Number(into.dataset.most));
      bag.items.add(fits);
      if (fits !== file) smaller.push(fits.name);
    }
    const there = into.isConnected ? into : document.querySelector("[data-files]");
    if (!there) return;
    there.files = bag.files;
    there.form.elements.smaller.value += ["", ...smaller].join("\n"); // the server says so, beside the list
    htmx.trigger(there, "enclosed");
  }

  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-files]") && target.files.length) bring(target, target.files);
  });
  document.addEventListener("paste", (event) => {
    const into = field(event), board = event.clipboardData;
    if (!into || !board?.files.length || board.types.includes("text/plain")) return; // copied words bring a picture of themselves
    event.preventDefault();
    bring(into, board.files);
  });
  for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, (event) => {
    const into = event.dataTransfer?.types.includes("Files") && field(event);
    if (!into) return;
    composer(event).toggleAttribute("data-dropping", kind === "dragover");
    if (kind !== "dragleave") event.preventDefault();
    if (kind === "drop") bring(into, event.dataTransfer.files);
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => { // what was typed while they were on their way is saved, too
    if (!detail.elt.matches?.("[data-files]")) return;
    const text = document.getElementById("composer-text");
    if (text && detail.requestConfig.parameters.text !== text.value) htmx.trigger(text, "unsaved");
  });
  document.addEventListener("htmx:afterSettle", () => { // whoever was in the list stays in it
    if (document.activeElement !== document.body || !document.getElementById("enclosed")?.matches("[data-fetched]")) return;
    const list = document.getElementById("enclosed");
    delete list.dataset.fetched;
    list.querySelector("li:last-child")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    (list.querySelector("li:last-child [data-alt]") || document.getElementById("composer-text")).focus();
  });
})();
