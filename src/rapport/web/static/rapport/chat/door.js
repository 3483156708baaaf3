// Puts a chat into this page: <script src="https://…/chat/….js" async></script>
// Optional: data-button="Ask us", data-lang="de", data-visitor="a signed token". What it shows stands in a shadow of its
// own, the talk itself in a frame from our own address: neither this page's style nor its scripts reach them.
(() => {
  const told = "TOLD", script = document.currentScript, said = script ? script.dataset : {};
  if (window[told.mark]) return; // the line stands twice in this page
  window[told.mark] = true;
  const home = document.createElement("rapport-chat"), root = home.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(), button = document.createElement("button"), badge = document.createElement("b");
  let frame = null, open = false, ready = false, broken = window.origin === "null";
  sheet.replaceSync(told.style);
  root.adoptedStyleSheets = [sheet];
  button.type = "button";
  button.textContent = said.button || told.button;
  badge.hidden = true;
  button.append(badge);
  root.append(button);

  function address() {
    return told.base + (said.lang ? "?lang=" + encodeURIComponent(said.lang) : "");
  }
  function make() {
    frame = document.createElement("iframe");
    frame.src = address();
    frame.title = told.title;
    frame.referrerPolicy = "no-referrer";
    frame.hidden = !open;
    root.append(frame);
    setTimeout(() => { if (!ready) fail("it may not be shown here"); }, 8000);
  }
  function fail(why) {
    broken = true;
    if (frame) frame.remove();
    frame = null;
    turn(false);
    console.warn("Rapport chat opens in a tab of its own: " + why + ".");
  }
  function tell(words) {
    if (ready && frame) frame.contentWindow.postMessage("rapport:" + words, told.origin);
  }
  function where() {
    const whole = told.whole ? location.search : "";
    return location.protocol.startsWith("http") ? location.origin + location.pathname + whole : "";
  }
  function turn(on) {
    open = on;
    if (on && !frame) make();
    if (frame) frame.hidden = !on;
    button.setAttribute("aria-expanded", String(on));
    home.toggleAttribute("open", on);
    tell(on ? "open" : "shut");
    if (on && frame) frame.focus();
  }
  function kept(change) {
    try { return change(window.localStorage); } catch { return null; } // this website may keep nothing
  }
  function hear(event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== told.origin) return;
    const words = String(event.data), does = words.slice(8).replace(/:.*/s, ""), what = words.slice(9 + does.length);
    if (does === "ready") {
      ready = true;
      tell("where:" + where());
      if (said.visitor || window.rapportVisitor) tell("visitor:" + (said.visitor || window.rapportVisitor));
      if (open) tell("open");
    } else if (does === "where") tell("where:" + where());
    else if (does === "shut") { turn(false); button.focus(); }
    else if (does === "unread") {
      badge.textContent = what;
      badge.hidden = what === "0";
    } else if (does === "kept") kept((box) => box.setItem(told.mark, "1"));
    else if (does === "forgotten") kept((box) => box.removeItem(told.mark));
  }
  function refused(event) {
    if (event.blockedURI.startsWith(told.origin) && event.effectiveDirective.startsWith("frame")) fail("the Content-Security-Policy lacks frame-src " + told.origin);
  }
  function press() {
    if (broken) window.open(address(), "_blank", "noopener");
    else turn(!open);
  }
  // Pages that write themselves anew take us away, and what we listen to: then we come again, with our ears.
  function put() {
    if (!home.isConnected) { ready = false; document.documentElement.append(home); }
    addEventListener("message", hear);
    button.addEventListener("click", press);
    document.addEventListener("securitypolicyviolation", refused);
    watch.observe(document, { childList: true });
    watch.observe(document.documentElement, { childList: true });
  }
  const watch = new MutationObserver(() => { if (document.documentElement && !home.isConnected) put(); });
  function begin() {
    put();
    if (!broken && kept((box) => box.getItem(told.mark))) make(); // who wrote before hears of an answer on every page
  }
  button.setAttribute("aria-expanded", "false");
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin); else begin();
})();
