// The talk, third part: what she does, what her page says, and what wakes it.
$("write").noValidate = true;
$("write").onsubmit = (event) => {
  event.preventDefault();
  const chosen = picked ? [...picked.files] : [], said = text.value.trim();
  if (!said && !chosen.length) return text.focus();
  if (chosen.some((one) => one.size > told.most)) return note(words.big);
  const one = { text: said, once: name(4), at: new Date().toISOString(), page: where, files: chosen.map((file) => file.name) };
  files.set(one.once, chosen);
  keep((box) => ({ out: [...box.out, one] }));
  pending();
  text.value = "";
  typed = 0;
  if (picked) picked.value = "";
  note("");
  flush();
};
text.onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("write").requestSubmit(); }
};
text.oninput = () => {
  if (Date.now() - typed > 4000) { typed = Date.now(); look(); setTimeout(look, 5100); }
};
text.onfocus = () => host("where");
if (picked) picked.onchange = () => note([...picked.files].map((one) => one.name).join(", "));
$("address").onsubmit = async (event) => {
  event.preventDefault();
  const got = await post("address/", { email: $("email").value });
  note(got.error || got.said || words.offline);
};
$("forget").onclick = () => {
  look("");
  try { localStorage.removeItem(KEY); } catch { /* nothing was stored */ }
  host("forgotten");
  location.reload();
};
$("shut").hidden = !framed;
$("shut").onclick = () => host("shut");
on("keydown", (event) => { if (event.key === "Escape") host("shut"); });

function wake() { load(); pending(); flush(); look(); }
on("message", ({ source, data }) => {
  if (source !== parent || !framed) return;
  const [, does, what] = /^rapport:(\w+):?(.*)$/.exec(data) || [];
  if (does === "where") where = what;
  else if (does === "visitor") { visitor = what; look(); }
  else if (does === "open") { open = true; text.focus(); look(); }
  else if (does === "shut") { open = false; look(""); }
});
other.onmessage = wake;
on("online", wake);
on("pageshow", wake);
on("pagehide", () => look(""));
document.addEventListener("visibilitychange", () => look());
setInterval(() => { if (looking() || ++beats % 4 === 0) { flush(); look(); } }, 15000);
for (const one of ["own", "ink"]) document.body.style.setProperty("--" + one, told[one]);
host("ready");
