// The talk: what she writes is kept here until the server has it (each message under a name of its own, so that it is
// taken once), and what is answered comes by itself. Nothing is stored before she writes.
(() => {
  "use strict";
  const told = JSON.parse(document.body.dataset.chat), words = told.words, KEY = location.pathname, framed = parent !== self;
  const lang = document.documentElement.lang;
  const $ = (id) => document.getElementById(id);
  const make = (tag, words = "") => Object.assign(document.createElement(tag), { textContent: words });
  const name = (many) => crypto.getRandomValues(new Uint32Array(many)).join("-"); // nobody else's
  const on = (what, does) => addEventListener(what, does);
  const tab = name(2), text = $("text"), log = $("log"), picked = $("files");
  const turns = new Map(), files = new Map(); // what is shown, by its name; files that wait (they live as long as the page)
  let kept = { token: "", stamp: $("write").stamp.value, out: [] };
  let open = !framed, after = 0, shown = 0, read = 0, fresh = 0, saw = "", typed = 0, where = "", visitor = "", wait = 1000;
  let live = null, sending = false, again = 0, beats = 0;

  const host = (does) => framed && parent.postMessage("rapport:" + does, "*"); // never a word of the talk
  const note = (said) => { $("note").textContent = said; };
  const looking = () => open && !document.hidden;
  const alone = (name, how, work) => navigator.locks ? navigator.locks.request(KEY + name, how, work) : work(true);
  const other = window.BroadcastChannel ? new BroadcastChannel(KEY) : { postMessage() {} };

  function load() {
    try { kept = { ...kept, ...JSON.parse(localStorage.getItem(KEY)) }; } catch { /* nothing may be stored: then in memory */ }
  }
  function keep(change) {
    load();
    Object.assign(kept, change(kept));
    try { localStorage.setItem(KEY, JSON.stringify(kept)); host("kept"); } catch { /* see above */ }
    $("more").hidden = false;
    other.postMessage("");
  }

  async function post(what, fields, blobs = []) {
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...fields, token: kept.token, visitor, tab, lang })) body.append(name, value);
    for (const blob of blobs) body.append("file", blob);
    const got = await fetch(what, { method: "POST", body }).catch(() => null);
    if (!got) return { status: 0 };
    return { ...await got.json().catch(() => ({})), status: got.status };
  }

  // One tab at a time sends, in the order of writing; what fails for a moment goes again, later and later.
  function flush() {
    clearTimeout(again);
    if (!sending) sending = alone("", {}, send).finally(() => { sending = false; });
  }
  async function send() {
    for (load(); ; load()) {
      const next = kept.out.find((one) => !one.error);
      if (!next) return;
      const got = await post("say/", { text: next.text, once: next.once, stamp: kept.stamp, page: next.page }, files.get(next.once));
      const rest = (box) => box.out.filter((one) => one.once !== next.once);
      if (got.status === 202) {
        show({ id: got.id, once: next.once, text: next.text, at: got.at, state: "sent", files: next.files });
        keep((box) => ({ token: got.token, out: rest(box) }));
        note("");
        wait = 1000;
        look();
      } else if (got.stamp) { // the talk has ended, or the page is old: the same words begin anew
        keep(() => ({ token: "", stamp: got.stamp }));
        after = 0;
      } else if (got.status && got.status < 500 && got.status !== 429) {
        keep((box) => ({ out: [...rest(box), { ...next, error: got.error || words.refused }] }));
        pending();
      } else {
        note(got.error || words.offline);
        again = setTimeout(flush, wait = Math.min(wait * 2, 30000));
        return;
      }
    }
  }

  function show(turn) {
    let box = turns.get(turn.id) || turns.get(turn.once);
    if (!box) {
      box = make("div");
      box.className = turn.ours ? "turn" : "turn own";
      if (turn.ours && turn.who) box.append(make("b", turn.who));
      const said = make("p", turn.text);
      said.dir = "auto";
      box.append(said);
      for (const one of turn.files || []) box.append(make("p", "📎 " + (one.name || one)));
      box.append(make("small"));
      const low = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
      log.append(box);
      if (low || !turn.ours) log.scrollTop = log.scrollHeight;
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
    if (picked) picked.value = "";
    note("");
    flush();
  };
  text.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("write").requestSubmit(); }
  };
  text.oninput = () => {
    if (Date.now() - typed > 4000) { typed = Date.now(); look(); }
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
})();
