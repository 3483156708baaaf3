// Puts a contact form into this page: <script src="https://…/f/…/embed.js" async></script>
// Optional: data-button="Write to us" opens it on a click, data-title names it, data-height="36rem" sizes it.
(() => {
  const script = document.currentScript;
  const said = script.dataset;
  const make = () => {
    const frame = document.createElement("iframe");
    frame.src = new URL("./", script.src).href;
    frame.title = said.title || said.button || "Contact form";
    frame.referrerPolicy = "no-referrer";
    // It needs no script: forms, and its private page in a tab of its own.
    frame.setAttribute("sandbox", "allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox");
    Object.assign(frame.style, { width: "100%", height: said.height || "40rem", border: "0", colorScheme: "normal" });
    return frame;
  };
  const put = (element) => {
    if (!document.head.contains(script)) {
      script.after(element);
    } else if (document.body) {
      document.body.append(element);
    } else {
      addEventListener("DOMContentLoaded", () => document.body.append(element));
    }
  };
  if (!said.button) {
    put(make());
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = said.button;
  button.setAttribute("aria-expanded", "false");
  let frame = null;
  button.addEventListener("click", () => {
    if (!frame) {
      frame = make();
      button.after(frame);
    } else {
      frame.hidden = !frame.hidden;
    }
    button.setAttribute("aria-expanded", String(!frame.hidden));
  });
  put(button);
})();
