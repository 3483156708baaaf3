// The talk, second part: what is shown, what is new, and the stream by which it comes.
function show(turn) {
  let box = turns.get(turn.id) || turns.get(turn.once);
  if (!box) {
    box = make("div");
    box.className = turn.ours ? "turn" : "turn own";
    if (turn.ours && turn.who) box.append(make("b", turn.who));
    const said = make("p", turn.text);
    said.dir = "auto";
    box.append(said);
    (turn.files || []).forEach((one, n) => box.append(file(one, (files.get(turn.once) || [])[n])));
    box.append(make("small"));
    const down = low();
    log.append(box);
    if (down || !turn.ours) log.scrollTop = 1e9;
  }
  turns.set(turn.id || turn.once, box).set(turn.once || turn.id, box);
  const at = new Date(turn.at).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
  box.at = turn.at;
  box.state = turn.ours ? "" : turn.state || "delivered";
  box.lastChild.textContent = turn.ours || turn.state === "wait" ? at : at + " · ";
  if (box.state) box.lastChild.append(make("span", words[box.state]));
  if (turn.error) {
    const back = make("button", words.back);
    box.lastChild.append(" ", turn.error, " ", back);
    back.onclick = () => {
      keep((all) => ({ out: all.out.filter((one) => one.once !== turn.once) }));
      box.remove();
      text.value = turn.text + text.value;
      text.focus();
    };
  }
}
// A file: of the server (name, image, address, once it may be had), or one of hers that is on its way (its name, its bytes).
const low = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
function file(one, own) {
  const src = own ? /^image/.test(own.type) && URL.createObjectURL(own) : one.url, alt = one.name || one, down = low();
  const box = make(own || !src ? "p" : "a", "📎 " + alt);
  if (src && !own) Object.assign(box, { href: src, target: "_blank" });
  if (src && (own || one.image)) box.replaceChildren(Object.assign(make("img"), { alt, src, onload() { if (down) log.scrollTop = 1e9; } }));
  return box;
}
function pending() {
  for (const [once, box] of turns) if (box.state === "wait" && !kept.out.some((one) => one.once === once)) { // sent by another tab
    box.remove();
    turns.delete(once);
  }
  for (const one of kept.out) show({ ...one, state: one.error ? "refused" : "wait" });
}

// Asks what is new, and says that she is here, how far she has read, and whether she writes.
async function look(degree = looking() ? Date.now() - typed < 5000 ? "typing" : "viewing" : "") {
  if (!kept.token && !visitor) return;
  const got = await post("look/", { after, degree, read: looking() ? read = shown : read });
  if (got.why) console.warn("Rapport chat: " + got.why);
  if (got.status === 410) { keep(() => ({ token: "", stamp: got.stamp })); note(got.error); }
  if (got.status !== 200) return;
  if (got.token) kept.token = got.token;
  for (const turn of got.turns) {
    show(turn);
    after = Math.max(after, turn.pk);
    if (turn.ours) { shown = turn.pk; fresh += !turn.seen; }
  }
  if (got.saw !== saw) {
    saw = got.saw;
    for (const box of turns.values()) if (box.state === "delivered" && box.at <= saw) box.querySelector("span").textContent = words.read;
  }
  $("typing").textContent = got.typing;
  $("own").href = got.link;
  $("email").placeholder = got.email;
  $("address").hidden = !got.posts;
  $("more").hidden = !after;
  if (looking()) fresh = 0;
  host("unread:" + fresh);
  if (looking() && shown > read) look();
  if (got.ticket && !live && window.EventSource) listen(got.ticket);
}
// One tab listens for all of this browser.
function listen(ticket) {
  alone(" live", { ifAvailable: true }, (mine) => mine && new Promise((over) => {
    live = new EventSource("/chat/live?ticket=" + encodeURIComponent(ticket));
    const hear = () => { look(); other.postMessage(""); };
    for (const kind of ["hello", "hint", "resync"]) live.addEventListener(kind, hear);
    live.onerror = () => { live.close(); live = null; over(); };
  }));
}
