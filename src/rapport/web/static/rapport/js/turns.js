// What is read stays where it is: turns that fetch themselves keep their place, and a composer that grows hides none.
(() => {
  "use strict";
  // Turns that fetch themselves keep open what was open, and stay where one was reading.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "turns") return;
    const old = detail.target;
    const keep = [...old.querySelectorAll("details[data-keep][open]")].map((one) => one.id);
    const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 60;
    const top = old.scrollTop, focused = old.contains(document.activeElement) && document.activeElement.id;
    document.addEventListener("htmx:afterSwap", () => {
      const turns = document.getElementById("turns");
      keep.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
      turns.scrollTop = atEnd ? turns.scrollHeight : top;
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    }, { once: true });
  });

  // The composer may grow, but never over what was said last: the end stays in view.
  let height = 0;
  const grown = new ResizeObserver(([{ target }]) => {
    const lost = height - target.clientHeight;
    if (lost > 0 && target.scrollHeight - target.scrollTop - target.clientHeight < lost + 60) target.scrollTop += lost;
    height = target.clientHeight;
  });
  function watch() {
    const turns = document.getElementById("turns");
    grown.disconnect();
    height = turns?.clientHeight || 0;
    if (turns) grown.observe(turns);
  }
  document.addEventListener("htmx:afterSettle", watch);
  addEventListener("DOMContentLoaded", watch);
})();
