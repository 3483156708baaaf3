// The talk, first part: what she writes is kept here until the server has it, each message under a name of its own, so that
// it is taken once. Nothing is stored before she writes. The parts are served as one function.
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
